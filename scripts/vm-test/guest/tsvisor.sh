# The same under tsvisor, and what only it can: the steps are in tsvisor.mjs.
mkdir -p /run/ci
echo -1000 >/proc/self/oom_score_adj
mount -o remount,size=100% /dev/shm
exec node --max-old-space-size=64 /job/tsvisor.mjs
