"""Asks one supervisor what a test tells it to: real supervisorctl, Python's XML-RPC client, raw HTTP.

usage: client.py CONFIG SOCKET; one JSON request per line in, one JSON answer per line out.
"""

import base64
import contextlib
import io
import json
import socket
import sys
import time
import xmlrpc.client

from supervisor import supervisorctl
from supervisor.xmlrpc import SupervisorTransport

CONFIG, SOCKET = sys.argv[1], sys.argv[2]
URL = "unix://" + SOCKET


def ctl(args):
    out, code = io.StringIO(), None
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        try:
            supervisorctl.main(["-c", CONFIG, *args])
        except SystemExit as end:
            code = end.code
        except Exception as error:
            code = type(error).__name__
    return {"out": out.getvalue(), "code": code}


def server():
    return xmlrpc.client.ServerProxy("http://127.0.0.1", transport=SupervisorTransport(None, None, URL))


def rpc(method, params):
    try:
        return {"value": getattr(server(), method)(*params)}
    except xmlrpc.client.Fault as fault:
        return {"fault": fault.faultCode, "text": fault.faultString}
    except xmlrpc.client.ProtocolError as error:
        return {"http": error.errcode}


def connect(request):
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(5)
    connection.connect(SOCKET)
    connection.sendall(request.encode())
    return connection


def raw(request):
    """The status line and body of one answer."""
    with contextlib.closing(connect(request)) as connection:
        reply = b""
        with contextlib.suppress(socket.timeout):
            while True:
                part = connection.recv(65536)
                if not part:
                    break
                reply += part
    return {"status": reply.split(b"\r\n", 1)[0].decode()}


def stream(path, wanted):
    """What a live log says, until `wanted` is in it."""
    with contextlib.closing(connect(f"GET {path} HTTP/1.1\r\nHost:\r\n\r\n\r\n")) as connection:
        reply, end = b"", time.monotonic() + 10
        while wanted.encode() not in reply and time.monotonic() < end:
            with contextlib.suppress(socket.timeout):
                part = connection.recv(65536)
                if not part:
                    break
                reply += part
    head, _, body = reply.partition(b"\r\n\r\n")
    lines = sorted(line.lower() for line in head.decode().split("\r\n")[1:] if "encoding" in line.lower())
    return {"status": head.split(b"\r\n", 1)[0].decode(), "headers": lines, "found": wanted.encode() in body}


ACTS = {"ctl": ctl, "rpc": rpc, "raw": raw, "stream": stream}


def plain(value):
    if isinstance(value, xmlrpc.client.Binary):
        return base64.b64encode(value.data).decode()
    return str(value)


for line in sys.stdin:
    act, arguments = json.loads(line)
    try:
        answer = ACTS[act](*arguments)
    except Exception as error:
        answer = {"failed": type(error).__name__}
    print(json.dumps(answer, default=plain), flush=True)
