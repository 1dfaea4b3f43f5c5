#!/bin/sh
# The worker's child: eats memory in a process of its own when told to, and outlives its parent if nobody ends it.

while read -r order; do
  if [ "$order" = eat ]; then head -c 400M /dev/zero | tail >/dev/null; fi
done
exec sleep 1000000
