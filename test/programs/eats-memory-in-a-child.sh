#!/bin/sh
# A child eats up to 400 MB once the file `eat` is in the directory; the leader lives on.
echo "leader $$" >>diary
until [ -e eat ]; do sleep 0.02; done
rm eat
head -c 400M /dev/zero | tail >/dev/null
echo "leader $$ goes on" >>tale
while :; do sleep 1000000; done
