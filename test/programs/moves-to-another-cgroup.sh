#!/bin/sh
# A grandchild in a session of its own that leaves the cgroups it was born in for those at the root, where it may.
setsid sh -c '
  for procs in /sys/fs/cgroup/cgroup.procs /sys/fs/cgroup/*/cgroup.procs; do echo 0 >"$procs"; done 2>/dev/null
  echo member $$ >>diary
  exec sleep 1000000' &
echo "leader $$" >>diary
exec sleep 1000000
