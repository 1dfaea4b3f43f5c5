#!/bin/bash
# Boots a throw-away virtual machine, runs FOLDER/job.sh in a copy of FOLDER as root, prints what it prints, and exits with its
# status (124: time is over; 125: the machine ended first, for example by a panic). Emulation by software only: a /dev/kvm
# may be there on which nothing ever boots.
#
# usage: boot.sh CACHE FOLDER SECONDS plain|systemd READS
# READS a second are what its disk can do; 0 for as many as there are.
set -eu
cache=$1 folder=$2 seconds=$3 reads=$5
init=/guest-init
if [ "$4" = systemd ]; then
  init='/lib/systemd/systemd systemd.unit=vm-job.service systemd.log_target=kmsg'
fi

run=$(mktemp -d)
trap 'rm -rf "$run"' EXIT
trap 'kill "$(cat "$run/pid")"; wait; exit 143' INT TERM

tar -C "$folder" -cf "$run/job.tar" .
truncate -s %1M "$run/job.tar"

{
  status=0
  # One processor: two that are emulated wait for each other, and another machine may run beside this one.
  timeout --foreground -k 5 "$seconds" qemu-system-x86_64 \
    -M q35 -accel tcg -cpu max,la57=off -smp 1 -m 320M \
    -nodefaults -no-user-config -nographic -no-reboot -pidfile "$run/pid" \
    -kernel "$cache/vmlinuz" \
    -append "root=PARTUUID=74737673-01 rootwait rw console=ttyS0 panic=-1 mitigations=off init=$init" \
    -drive "if=none,id=root,format=raw,snapshot=on,file=$cache/root.img,throttling.iops-read=$reads" -device nvme,drive=root,serial=root \
    -drive "if=none,id=job,format=raw,file=$run/job.tar" -device nvme,drive=job,serial=job \
    -serial "file:$run/console" -serial stdio </dev/null || status=$?
  echo "$status" >"$run/status"
} | tee "$run/output" | sed -u '/^VM-EXIT-STATUS [0-9]*\r\{0,1\}$/d' &
wait $!

said=$(sed -n 's/^VM-EXIT-STATUS \([0-9]*\).*/\1/p' "$run/output" | tail -n 1)
if [ -n "$said" ]; then exit "$said"; fi
case $(cat "$run/status") in 124 | 137) exit 124 ;; esac
echo "the virtual machine ended before its job did; its console's last lines:" >&2
tail -n 20 "$run/console" >&2
exit 125
