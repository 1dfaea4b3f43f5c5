"""thrash.py KEY PATTERN COMMAND...: what becomes of the programs of ci.conf when their supervisor is killed on a machine that
thrashes? COMMAND starts the supervisor, PATTERN finds its process. The witness is locked in memory and asks nobody: it holds a
pidfd of each member, and so sees each end in the moment in which it happens. KEY begins the names of the figures."""
import ctypes
import mmap
import os
import re
import select
import signal
import subprocess
import sys
import time

KEY, PATTERN, COMMAND = sys.argv[1], sys.argv[2], sys.argv[3:]
MEMBERS = "web.py|runner.sh|run/ci/ticks"
FILE = "/churned"
CHURNED = 128  # megabytes read in any order
LEFT = 96  # megabytes that all others have; the rest is taken away
CHURNERS = 4
LOST = 20  # seconds after which a survivor counts as one
TIMEOUT = 30  # seconds for which it thrashes on after that


def result(key, value):
    print(f"RESULT {KEY}-{key} {value}", flush=True)


def pids_of(pattern):
    found = set()
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                words = file.read().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if re.search(pattern, words) and int(pid) != os.getpid():
            found.add(int(pid))
    return found


def until(what, look, seconds):
    end = time.monotonic() + seconds
    while True:
        seen = look()
        if seen or time.monotonic() > end:
            if not seen:
                print(f"cannot see {what} within {seconds} s", flush=True)
            return seen
        time.sleep(0.1)


def counter(file, pattern):
    with open(file) as text:
        return int(re.search(pattern, text.read(), re.M).group(1))


def thrash():
    """Pages thrown out and read back, and microseconds in which everybody waited for memory."""
    refaults = counter("/proc/vmstat", r"^workingset_refault_file (\d+)")
    return refaults, counter("/proc/pressure/memory", r"^full .*total=(\d+)"), time.monotonic()


def rates(since):
    now = thrash()
    seconds = now[2] - since[2]
    return (now[0] - since[0]) / seconds, (now[1] - since[1]) / seconds / 1e4


last_rates = (0, 0)


def thrashes():
    global last_rates
    since = thrash()
    time.sleep(2)
    last_rates = refaults, share = rates(since)
    print(f"{refaults:.0f} refaults a second, everybody waits {share:.0f} % of the time", flush=True)
    return refaults > 300 and share >= 16


def watch(pids):
    """Milliseconds from the end of the supervisor to that of each member, for those that end within LOST seconds."""
    fds = {os.pidfd_open(pid): pid for pid in pids}
    poll = select.poll()
    for fd in fds:
        poll.register(fd, select.POLLIN)
    ends = {}
    end = time.monotonic() + LOST
    while len(ends) < len(fds) and time.monotonic() < end:
        for fd, _ in poll.poll(100):
            ends[fds[fd]] = time.monotonic()
            poll.unregister(fd)
    return ends


def take_away():
    """All free memory but LEFT and what the file pages have, for good: anonymous memory without swap stays."""
    taken = []
    while counter("/proc/meminfo", r"^MemAvailable: +(\d+)") > LEFT << 10:
        taken.append(mmap.mmap(-1, 1 << 20))
    return taken


def new_members():
    return len(pids_of(MEMBERS) - members) >= 5


def relieve():
    while churners:
        churner = churners.pop()
        churner.kill()
        churner.wait()
    taken.clear()


with open("/proc/self/oom_score_adj", "w") as score:
    score.write("-1000")
subprocess.run(["sh", "-c", 'echo 0 >/proc/self/oom_score_adj; exec "$@"', "sh", *COMMAND], check=True)
until("all members", lambda: len(pids_of(MEMBERS)) >= 5, 90)
time.sleep(1)
with open(FILE, "wb") as file:
    for _ in range(CHURNED):
        file.write(os.urandom(1 << 12) * 256)
    os.fsync(file.fileno())
ctypes.CDLL(None).mlockall(3)
taken = take_away()
churners = [subprocess.Popen(["python3", "/job/churn.py", FILE]) for _ in range(CHURNERS)]
try:
    result("thrashes", "yes" if until("a machine that thrashes", thrashes, 90) else "no")
    (leader,) = pids_of(PATTERN)
    members = pids_of(MEMBERS)
    begun = time.monotonic()
    os.kill(leader, signal.SIGKILL)
    ends = watch(members | {leader})
    refaults, share = last_rates
    died = ends.pop(leader)
    result("died-ms", f"{(died - begun) * 1000:.1f}")
    gone = [pid for pid in members if pid in ends]
    result("survivors", len(pids_of(MEMBERS) & members))
    result("last-ms", "never" if len(gone) < len(members) else f"{(max(ends.values()) - died) * 1000:.1f}")
    result("refaults", f"{refaults:.0f}/s")
    result("waiting", f"{share:.0f}%")
    if KEY == "ours":
        # Node on a machine that thrashes may need minutes; if it does, the thrashing ends first.
        until("new members while it thrashes", new_members, TIMEOUT) or relieve()
        back = until("new members", new_members, 60)
        result("back-s", f"{time.monotonic() - died:.1f}" if back else "no")
finally:
    relieve()
    os.unlink(FILE)
