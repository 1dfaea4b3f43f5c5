# A machine that thrashes, and in it the end of the supervisor: first supervisord's, then, on the same machine, tsvisor's.
mkdir -p /run/ci
tsvisor() { node /job/tsvisor/dist/cli/main.js "$@" -c /job/ci.conf; }
python3 /job/thrash.py theirs "^/usr/bin/python3 .*supervisord" supervisord -c /job/ci.conf || exit
kill -KILL $(pgrep -f "web.py|runner.sh|run/ci/ticks")
rm -rf /run/ci/*
python3 /job/thrash.py ours "^[^ ]*node .*daemon.js" node /job/tsvisor/dist/cli/main.js start -c /job/ci.conf || exit
for look in $(seq 30); do tsvisor status >/dev/null 2>&1 && break; sleep 1; done
tsvisor status
tsvisor stop
echo "RESULT thrash-left $(pgrep -c -f 'web.py|runner.sh|run/ci/ticks')"
