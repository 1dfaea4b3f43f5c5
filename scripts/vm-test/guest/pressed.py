"""pressed.py FILE: always wants a little more than its cgroup's memory.high, which the kernel answers by letting it wait; lets go of
it all when told by SIGUSR1, and then says so in FILE."""
import signal
import sys
import time

with open("/proc/self/cgroup") as text:
    CGROUP = "/sys/fs/cgroup" + text.read().strip().split("::")[1]
BLOCK = 1 << 17


def number(name):
    with open(f"{CGROUP}/{name}") as text:
        return int(text.read())


told = []
signal.signal(signal.SIGUSR1, lambda *_: told.append(True))
held = []
while not told:
    # Far above it, it would wait for seconds at a time and not even hear its signal.
    if number("memory.current") > number("memory.high") * 1.05:
        del held[:4]
    held.append(bytearray(BLOCK))
held.clear()
with open(sys.argv[1], "w") as out:
    out.write("SIGUSR1\n")
while True:
    time.sleep(100)
