# Listens as a service manager does: one line `PID MESSAGE` for each datagram, from the kernel's word on who sent it.
import os
import socket
import struct
import sys

path = sys.argv[1]
ear = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
ear.bind("\0" + path[1:] if path.startswith("@") else path)
ear.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
print("listening", flush=True)
while os.getppid() != 1:
    message, ancillary, _, _ = ear.recvmsg(4096, 1024)
    for level, kind, data in ancillary:
        if kind == socket.SCM_CREDENTIALS:
            print(struct.unpack("3i", data[:12])[0], message.decode(), flush=True)
