"""Writes numbered lines as fast as a busy program, beginning anew with each life; `counts.py N` writes N and kills itself."""
import os
import signal
import sys
import time

last = int(sys.argv[1]) if len(sys.argv) > 1 else None
os.write(1, b'life %d\n' % os.getpid())
number = 0
while last is None or number < last:
    lines = b''.join(b'%d\n' % (number + index) for index in range(50))
    while lines:
        lines = lines[os.write(1, lines):]
    number += 50
    if last is None:
        time.sleep(0.001)
os.kill(os.getpid(), signal.SIGKILL)
