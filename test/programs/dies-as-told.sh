#!/bin/sh
# Dies as the word says that comes through the named pipe given to it. A new life may find the pipe still open for the word that its
# predecessor had, and reads no word then: it looks again.
until read -r order <"$1"; do :; done
case $order in
  own) exec tail /dev/zero ;;
  passed-on) tail /dev/zero >/dev/null; exit $? ;;
  member) tail /dev/zero >/dev/null; while :; do sleep 1000; done ;;
  crash) kill -SEGV $$ ;;
  exit) exit 3 ;;
  status) exit 137 ;;
esac
