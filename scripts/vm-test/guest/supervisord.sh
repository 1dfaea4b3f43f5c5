# The incident under supervisord: nothing tells the kernel whom to choose; a tmpfs fills.
mkdir -p /run/ci
result() { echo "RESULT $1 $2"; }
working() { : >/run/ci/ticks; sleep 4; sort -u /run/ci/ticks | wc -l; }
running() { supervisorctl -c /job/ci.conf status 2>/dev/null | grep -c RUNNING; }
settled() { ! supervisorctl -c /job/ci.conf status 2>/dev/null | grep -Eq 'STARTING|BACKOFF|refused|no such file'; }
# Until nothing is on its way any more: RUNNING or FATAL.
start() {
  supervisord -c /job/ci.conf
  for look in $(seq 30); do sleep 1; settled && break; done
}
mount -o remount,size=100% /dev/shm
result version "$(supervisord --version)"
start
leader=$(cat /run/ci/supervisor.pid)
python3 /job/eat.py /dev/shm/fill
sleep 1
victims=$(dmesg | sed -n 's/.*Out of memory: Killed process \([0-9]*\) .*/\1/p' | tr '\n' ' ')
result chosen "$([ "${victims%% *}" = "$leader" ] && echo yes || echo no)"
result survivors "$(pgrep -c -f 'web.py|runner.sh|run/ci/ticks')"
rm -f /run/ci/supervisor.sock
start
result duplicates "$(($(working) - 1))"
result up "$(running)"
