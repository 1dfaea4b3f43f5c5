#!/bin/sh
# Dies as the word says that comes through the named pipe given to it.
read -r order <"$1"
case $order in
  own) exec tail /dev/zero ;;
  passed-on) tail /dev/zero >/dev/null; exit $? ;;
  member) tail /dev/zero >/dev/null; while :; do sleep 1000; done ;;
  crash) kill -SEGV $$ ;;
  exit) exit 3 ;;
  status) exit 137 ;;
esac
