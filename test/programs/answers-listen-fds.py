"""Answers one line at each socket it was given by LISTEN_FDS: its pid, the name of the socket, and what was asked."""
import os, selectors, socket

if os.environ["LISTEN_PID"] != str(os.getpid()):
    raise SystemExit("LISTEN_PID is somebody else")
names = os.environ["LISTEN_FDNAMES"].split(":")
ready = selectors.DefaultSelector()
for number, name in enumerate(names):
    listening = socket.socket(fileno=3 + number)
    listening.setblocking(False)
    ready.register(listening, selectors.EVENT_READ, name)
assert len(names) == int(os.environ["LISTEN_FDS"])
while True:
    for key, _ in ready.select():
        try:
            guest, _ = key.fileobj.accept()
        except BlockingIOError:
            continue  # a sibling was faster
        guest.setblocking(True)
        asked = guest.makefile().readline().strip()
        guest.sendall(f"{os.getpid()} {key.data} {asked}\n".encode())
        guest.close()
