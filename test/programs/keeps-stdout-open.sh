#!/bin/sh
# A grandchild keeps the leader's stdout open after the leader is gone, and its session is its own.
echo "says hello from $$"
setsid sh -c 'echo "member $$" >>diary; exec sleep 1000000' &
echo "leader $$" >>diary
exec sleep 1000000
