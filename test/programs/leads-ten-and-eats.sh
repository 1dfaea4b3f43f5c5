#!/bin/sh
# The leader of ten members eats memory when a word comes through the named pipe given to it.
for member in 1 2 3 4 5 6 7 8 9 10; do setsid sleep 1000 & done
read -r word <"$1"
exec tail /dev/zero
