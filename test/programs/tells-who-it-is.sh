#!/bin/sh
# Writes its score, user, groups and open descriptors to the file given first, and stays.
{
  echo "score $(cat /proc/$$/oom_score_adj)"
  echo "user $(id -u)"
  echo "groups $(id -G)"
} >"$1"
echo "leader $$" >>diary
exec sleep 1000000
