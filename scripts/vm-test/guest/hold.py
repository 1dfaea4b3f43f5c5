"""hold.py MEGABYTES: keeps that much anonymous memory, touched; then sleeps."""
import sys
import time

held = bytearray(int(sys.argv[1]) << 20)
for at in range(0, len(held), 4096):
    held[at] = 1
while True:
    time.sleep(100)
