#!/bin/bash
# Takes the part of systemctl for units of /etc/systemd/system or Debian's: started is ExecStart in the background, stopped is
# TERM to it. Every order is a line of $WORLD/systemctl.log.
set -eu
echo "$*" >>"$WORLD/systemctl.log"
order=$1 unit=${!#}
unit=${unit%.service}
pidfile=$WORLD/$unit.pid

unit_file() {
  for folder in /etc/systemd/system /lib/systemd/system; do
    [ ! -e "$folder/$unit.service" ] || { echo "$folder/$unit.service" && return; }
  done
  echo "no unit $unit" >&2 && exit 1
}
alive() { [ -e "$pidfile" ] && kill -0 "$(cat "$pidfile")" 2>/dev/null; }
# As Type=notify does: only what answers has started.
answers() { case $unit in tsvisor) tsvisor pid -c "$config" ;; supervisor) supervisorctl pid ;; *) alive ;; esac >/dev/null 2>&1; }
wait_for() { for _ in $(seq 450); do "$@" && return; sleep 0.1; done; echo "$unit: not in time: $(cat "$WORLD/$unit.log")" >&2; exit 1; }
gone() { ! alive; }

case $order in
daemon-reload) ;;
enable)
  command=$(sed -n 's/^ExecStart=//p' "$(unit_file)")
  config=${command##* -c }
  eval "exec setsid $command" </dev/null >>"$WORLD/$unit.log" 2>&1 &
  echo $! >"$pidfile"
  wait_for answers
  ;;
disable)
  alive && kill -TERM "$(cat "$pidfile")"
  wait_for gone
  ;;
status) alive && echo "$unit: active" ;;
esac
