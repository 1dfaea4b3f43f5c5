"""A pre-forking server: the leader binds the port, two workers accept on the inherited socket."""
import os
import socket
import time

listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", 8080))
listener.listen()
for _ in range(2):
    if os.fork() == 0:
        while True:
            connection, _ = listener.accept()
            connection.sendall(b"worker %d\n" % os.getpid())
            connection.close()
while True:
    time.sleep(1)
