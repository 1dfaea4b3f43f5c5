#!/bin/sh
# The first program of the virtual machine, or systemd's vm-job.service: unpacks the job, runs it, says its status, powers off.
# Two disks, known by their serials: `job` holds a tar with what to run, `out` takes what is left in /out.
# ttyS0 is the kernel's console, ttyS1 the job's output.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb

disk() {
  until controller=$(grep -l "^$1 *$" /sys/class/nvme/*/serial 2>/dev/null) &&
    device=$(cd "${controller%/serial}" && ls -d nvme*n1) 2>/dev/null && [ -b "/dev/$device" ]; do
    sleep 0.1
  done
  echo "/dev/$device"
}

if [ $$ = 1 ]; then
  mount -t proc proc /proc
  mount -t sysfs sysfs /sys
  mount -t devtmpfs dev /dev 2>/dev/null
  mkdir -p /dev/shm /dev/pts
  mount -t devpts devpts /dev/pts
  for folder in /dev/shm /run /tmp; do mount -t tmpfs tmpfs "$folder"; done
  ip link set lo up
  hostname vm
  mount -t cgroup2 cgroup2 /sys/fs/cgroup
  echo '+memory +pids +cpu' >/sys/fs/cgroup/cgroup.subtree_control
fi

exec >/dev/ttyS1 2>&1 </dev/null
stty -F /dev/ttyS1 -opost
mkdir -p /job /out
tar -xf "$(disk job)" -C /job
cd /job
sh /job/job.sh
echo "VM-EXIT-STATUS $?"
sync
echo o >/proc/sysrq-trigger
sleep 10
