# tsvisor inside its own systemd unit: an OOM kill of a program leaves the unit alone, and so does the death of the supervisor.
mkdir -p /run/ci
result() { echo "RESULT $1 $2"; }
show() { systemctl show -p "$1" --value tsvisor; }
status() { node /job/tsvisor/dist/cli/main.js status -c /job/systemd.conf --json "$@"; }
node /job/tsvisor/dist/cli/main.js install systemd -c /job/systemd.conf
mkfifo /run/ci/order
systemctl daemon-reload
systemctl start tsvisor
for look in $(seq 60); do sleep 1; status app 2>/dev/null | grep -q '"RUNNING"' && break; done
result systemd "$(systemctl --version | head -n 1 | cut -d' ' -f2)"
result systemd-policy "$(show OOMPolicy)"
echo eat >/run/ci/order
for look in $(seq 60); do sleep 1; status app 2>/dev/null | grep -q '"oom": "certain"' && break; done
result systemd-verdict "$(status app | sed -n 's/.*"oom": "\(.*\)",/\1/p' | head -n 1)"
result systemd-unit "$(show ActiveState)/$(show NRestarts)"
supervisor=$(pgrep -f 'daemon.js' | tail -n 1)
kill -9 "$supervisor"
for look in $(seq 60); do sleep 1; status app 2>/dev/null | grep -q '"RUNNING"' && break; done
result systemd-after "$(show ActiveState)/$(show NRestarts)"
node /job/tsvisor/dist/cli/main.js doctor -c /job/systemd.conf | grep -i unit
systemctl stop tsvisor
result systemd-left "$(pgrep -c -f 'systemd.conf|run/ci/order')"
true
