#!/bin/sh
# Takes the worker's lock and becomes the worker. usage: run.sh NAME PORT
#
# The lock is on descriptor 9, which every process below inherits, as careless daemons do: while one of them is alive,
# the lock is taken and the next worker cannot start. That is how a leftover of a killed worker hurts.

name=$1
port=$2

exec 9>"logs/$name.lock"
if ! flock -n 9; then
  echo "$name $$ conflict: the lock logs/$name.lock is held by an older process"
  exit 1
fi
exec node worker.mjs "$name" "$port"
