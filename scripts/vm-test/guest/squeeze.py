"""squeeze.py PID: takes memory that belongs to no process, slower the less there is, until the process PID has ended; then lets go.
Gives up when the kernel's own OOM killer would be next."""
import os
import sys
import time

FILE = "/dev/shm/squeezed"
BLOCK = bytes(1 << 18)


def available():
    with open("/proc/meminfo") as meminfo:
        fields = dict(line.split(":") for line in meminfo)
    return int(fields["MemAvailable"].split()[0]) / int(fields["MemTotal"].split()[0])


with open("/proc/self/oom_score_adj", "w") as score:
    score.write("-1000")
out = os.open(FILE, os.O_WRONLY | os.O_CREAT)
end = time.monotonic() + 60
try:
    while os.path.exists(f"/proc/{sys.argv[1]}") and time.monotonic() < end:
        left = available()
        if left > 0.05:
            os.write(out, BLOCK)
        if left < 0.25:
            time.sleep(0.03)
finally:
    os.unlink(FILE)
