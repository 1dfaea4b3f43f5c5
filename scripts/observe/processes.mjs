// Which processes are alive, whose are they, and what do they cost? Read from /proc, for the demo and the benchmark.

import { readdirSync, readFileSync } from 'node:fs';

const read = (path) => {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return null;
  }
};

/** The process's row of /proc/PID/stat, or null when there is none. CPU times are in ticks of 10 ms. */
const row = (pid) => {
  const text = read(`/proc/${pid}/stat`);
  if (text === null) return null;
  // The name is in brackets and may hold brackets and blanks itself: fields are counted from the last one.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return {
    pid,
    state: fields[0],
    ppid: Number(fields[1]),
    pgid: Number(fields[2]),
    sid: Number(fields[3]),
    cpuTicks: Number(fields[11]) + Number(fields[12]),
    startTick: Number(fields[19]),
  };
};

const isDead = (state) => state === 'Z' || state === 'X';

/** A pid with its start tick, which no later process shares; null when the process is gone already. */
export const identify = (pid) => {
  const found = row(pid);
  return found === null || isDead(found.state) ? null : { pid, startTick: found.startTick };
};

/** Zombies are dead. */
export const isAlive = ({ pid, startTick }) => {
  const found = row(pid);
  return found !== null && found.startTick === startTick && !isDead(found.state);
};

const allPids = () =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

/** The value of one variable in the environment that a process was started with, or null. */
export const variable = (pid, name) => {
  const environment = `\0${read(`/proc/${pid}/environ`) ?? ''}`;
  const start = environment.indexOf(`\0${name}=`);
  return start === -1
    ? null
    : environment.slice(start + name.length + 2, environment.indexOf('\0', start + 1));
};

/** Live processes that were started with `NAME=value` in their environment. */
export const withVariable = (name, value) =>
  allPids()
    .filter((pid) => variable(pid, name) === value)
    .map(identify)
    .filter((identity) => identity !== null);

/** Bytes that are this process's alone and written to: what it really costs. */
export const privateDirty = (pid) => {
  const kilobytes = /^Private_Dirty:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/smaps_rollup`) ?? '')?.[1];
  return Number(kilobytes ?? Number.NaN) * 1024;
};

/** CPU seconds of all its threads that still run, from the scheduler's own clock (nanoseconds, no tick rounding). */
export const cpuSeconds = (pid) => {
  const threads = tasks(pid).map((task) => read(`/proc/${pid}/task/${task}/schedstat`)?.split(' ')[0]);
  const nanoseconds = threads.reduce((sum, text) => sum + Number(text ?? 0), 0);
  return nanoseconds > 0 ? nanoseconds / 1e9 : (row(pid)?.cpuTicks ?? Number.NaN) / 100;
};

/** How often its threads gave up the CPU by themselves: one each time it woke and went back to wait. */
export const voluntarySwitches = (pid) =>
  tasks(pid).reduce((sum, task) => {
    const status = read(`/proc/${pid}/task/${task}/status`) ?? '';
    return sum + Number(/^voluntary_ctxt_switches:\s+(\d+)$/m.exec(status)?.[1] ?? 0);
  }, 0);

const tasks = (pid) => {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
};
