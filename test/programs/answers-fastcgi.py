"""A FastCGI responder as spawn-fcgi starts one: its listening socket is fd 0. Answers with its pid and the query."""
import os
import socket
import struct


def record(kind, request, content):
    return struct.pack('!BBHHBB', 1, kind, request, len(content), 0, 0) + content


def read(connection, count):
    data = b''
    while len(data) < count:
        piece = connection.recv(count - len(data))
        if not piece:
            raise EOFError
        data += piece
    return data


def pairs(data):
    found, at = {}, 0
    while at < len(data):
        sizes = []
        for _ in range(2):
            if data[at] < 128:
                sizes.append(data[at])
                at += 1
            else:
                sizes.append(struct.unpack('!I', data[at:at + 4])[0] & 0x7FFFFFFF)
                at += 4
        found[data[at:at + sizes[0]]] = data[at + sizes[0]:at + sum(sizes)]
        at += sum(sizes)
    return found


def serve(connection):
    params = b''
    while True:
        _, kind, request, length, padding, _ = struct.unpack('!BBHHBB', read(connection, 8))
        content = read(connection, length)
        read(connection, padding)
        if kind == 4:
            params += content
        if kind == 5 and length == 0:
            query = pairs(params).get(b'QUERY_STRING', b'')
            body = b'Content-Type: text/plain\r\n\r\n%d %s' % (os.getpid(), query)
            connection.sendall(record(6, request, body) + record(6, request, b'') + record(3, request, bytes(8)))
            return


listener = socket.socket(fileno=0)
while True:
    guest, _ = listener.accept()
    with guest:
        try:
            serve(guest)
        except EOFError:
            pass
