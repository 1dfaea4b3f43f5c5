#!/bin/sh
# A child grows to about 30 MB once the file `small` is there and another to about 100 MB with `large`, in the first life only.
echo "leader $$" >>diary
trap 'echo signalled >>tale' USR1
trap 'exit 0' TERM
grow() {
  until [ -e "$1" ]; do sleep 0.02; done
  rm "$1"
  { head -c "$2" /dev/zero; sleep 1000; } | tail >/dev/null &
}
grow small 24M &
grow large 90M &
while :; do sleep 0.1; done
