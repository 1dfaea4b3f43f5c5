#!/bin/sh
# A member that is never the same process for long: it forks and exits, again and again, in a session of its own.
# The file `hop` counts the generations; without it, or after 20000 of them, it ends by itself.
if [ "${1:-}" = hop ]; then
  [ -e hop ] || exit 0
  [ "$2" -lt 20000 ] || exit 0
  echo "$2" >hop
  sh "$0" hop $(($2 + 1)) &
  exit 0
fi
: >hop
setsid sh "$0" hop 0 &
echo "leader $$" >>diary
exec sleep 1000000
