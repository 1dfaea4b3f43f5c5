# docs/migrate.md, followed with its own commands: Debian's supervisor, its configuration and programs of ours become tsvisor under systemd.
result() { echo "RESULT $1 $2"; }
# What `npm install --global` leaves: there is no network here.
ln -s /job/tsvisor/dist/cli/main.js /usr/local/bin/tsvisor
block() {
  awk -v wanted="$1" '/^## / { ours = $0 == "## supervisord on Debian" } ours && /^```sh$/ { n++; inside = 1; next }
    /^```$/ { inside = 0 } inside && n == wanted' /job/migrate.md | grep -v '^npm '
}
follow() { block "$1" >/tmp/block.sh && cat /tmp/block.sh && sh -e /tmp/block.sh || result migrate-failed "block $1"; }
states() { supervisorctl status | awk '{ print $1 "/" $2 }' | sort | tr '\n' ' '; }
settled() {
  for look in $(seq 60); do
    [ "$(supervisorctl status 2>/dev/null | grep -c RUNNING)" = 3 ] && return
    sleep 1
  done
}
cat >/etc/supervisor/conf.d/app.conf <<'CONF'
[program:web]
command=/bin/sleep 1000001
user=nobody
[program:worker]
command=/bin/sleep 1000002
numprocs=2
process_name=%(program_name)s_%(process_num)02d
[group:app]
programs=web,worker
CONF
systemctl enable --now supervisor
settled
before=$(states)
begun=$(date +%s)
follow 1
follow 2
settled
result migrate-seconds "$(($(date +%s) - begun))"
follow 3
result migrate-programs "$([ -n "$before" ] && [ "$(states)" = "$before" ] && echo same || echo "$before-> $(states)")"
result migrate-unit "$(systemctl is-active tsvisor)/$(systemctl is-enabled tsvisor)/$(systemctl is-active supervisor)"
kill -9 "$(tsvisor pid)"
settled
result migrate-after-kill "$(systemctl is-active tsvisor)/$(supervisorctl status | grep -c RUNNING)"
result migrate-once "$(pgrep -c -f 'sleep 100000[12]')"
systemctl reload tsvisor
result migrate-reload "$?"
follow 5
result migrate-yaml "$(ls /etc/supervisor/tsvisor.yaml)"
follow 4
settled
result migrate-back "$([ "$(states)" = "$before" ] && systemctl is-active supervisor)"
true
