#!/bin/sh
# The leader ends on TERM, its child (same process group) does not.
(
  trap '' TERM
  sh -c 'echo "member $$" >>diary; while :; do sleep 1000000; done'
) &
echo "leader $$" >>diary
wait
