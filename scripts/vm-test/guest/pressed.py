"""pressed.py FILE: wants more than its memory_high allows, and lets go of it when told by SIGUSR1; then says so in FILE."""
import signal
import sys
import time

held = []
told = False


def relieve(number, _):
    global told
    told = True


signal.signal(signal.SIGUSR1, relieve)
while not told:
    # Without swap nothing of it can be thrown out: every further page is paid for by waiting.
    held.append(bytearray(1 << 18))
    if len(held) > 80:
        del held[40:]
held.clear()
with open(sys.argv[1], "w") as out:
    out.write("SIGUSR1\n")
while True:
    time.sleep(100)
