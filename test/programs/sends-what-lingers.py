"""Says READY=1 by sd_notify and passes along a connection whose last close waits for a minute: its peer reads nothing. Says `sent` on stdout and stays."""
import array, os, socket, struct, time
address = os.environ['NOTIFY_SOCKET'].replace('@', '\0', 1)
peer = socket.socket()
peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
peer.bind(('127.0.0.1', 0))
peer.listen(1)
lingering = socket.create_connection(peer.getsockname())
lingering.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 60))
lingering.setblocking(False)
try:
    while True: lingering.send(b'x' * 65536)
except BlockingIOError: pass
# The last of many: a buffer for a few would leave it to the kernel to close.
fds = array.array('i', [os.dup(peer.fileno()) for _ in range(30)] + [lingering.fileno()])
post = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
post.connect(address)
post.sendmsg([b'READY=1'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, fds)])
os.close(lingering.detach())
print('sent', flush=True)
time.sleep(1000)
