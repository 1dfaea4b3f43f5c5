"""eat.py [FILE]: eats memory until the machine's count of OOM kills grows, then lets go of it; with FILE, on a tmpfs, the memory
belongs to no process. Its own pages are locked: a small machine would else thrash for half a minute first."""
import ctypes
import mmap
import os
import sys


def kills():
    with open("/proc/vmstat") as vmstat:
        return int(next(line for line in vmstat if line.startswith("oom_kill ")).split()[1])


with open("/proc/self/oom_score_adj", "w") as score:
    score.write("-1000")
before = kills()
libc = ctypes.CDLL(None)
if len(sys.argv) > 1:
    libc.mlockall(1)
    block, out = bytes(1 << 18), os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT)
    while kills() == before:
        os.write(out, block)
    os.unlink(sys.argv[1])
else:
    libc.mlockall(3)
    eaten = []
    while kills() == before:
        eaten.append(mmap.mmap(-1, 1 << 20))
