#!/bin/sh
# The leader itself eats up to 400 MB once the file `eat` is in its directory, in its first life only.
echo "leader $$" >>diary
echo "score $(cat /proc/self/oom_score_adj)" >>diary
until [ -e eat ]; do sleep 0.02; done
rm eat
mkfifo "feed-$$"
head -c 400M /dev/zero >"feed-$$" &
exec tail "feed-$$" >/dev/null
