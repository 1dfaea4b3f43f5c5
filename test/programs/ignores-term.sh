#!/bin/sh
# A leader that TERM does not end.
trap '' TERM
echo "leader $$" >>diary
while :; do sleep 1000000; done
