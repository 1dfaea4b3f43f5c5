// What do all scenes stand on? A supervisor of ours in the virtual machine, asked over its socket, and what can be seen of processes.

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as after } from 'node:timers/promises';

const PACKAGE = '/job/tsvisor/dist';
const { createClient } = await import(`${PACKAGE}/api/client.js`);
const { createOomClient } = await import(`${PACKAGE}/api/client-oom.js`);

const CLI = `${PACKAGE}/cli/main.js`;

/** `RESULT key value` lines are the figures of the table. */
export const result = (key, value) => console.log(`RESULT ${key} ${value}`);

export const until = async (what, look, seconds = 90) => {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const seen = await Promise.resolve()
      .then(look)
      .catch(() => null);
    if (seen) return seen;
    if (Date.now() > deadline) throw new Error(`cannot see ${what} within ${seconds} s`);
    await after(50);
  }
};

/** As any program: what this script is, its children must not be. */
const cliOf =
  (config) =>
  (...words) =>
    execFileSync(
      'sh',
      ['-c', 'echo 0 >/proc/self/oom_score_adj; exec "$@"', 'sh', 'node', CLI, ...words, '-c', config],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
    );

/** A config and the supervisor that runs it: nothing is started yet. */
export const openGround = (config, socket = '/run/ci/tsvisor/tsvisor.sock') => {
  const client = createClient(socket);
  /** Every process RUNNING, under another supervisor than `old`. */
  const allUp = (old) =>
    until('everything up', async () => {
      const reply = await client.status();
      const isUp = reply.processes.every(({ state }) => state === 'RUNNING') && reply.supervisor.pid !== old;
      return isUp ? reply : null;
    });
  const find = async (wanted) => (await client.status()).processes.find(({ name }) => name === wanted);
  return { cli: cliOf(config), client, oom: createOomClient(socket), allUp, find };
};

const fieldsOf = (pid) => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
};

export const pidsOf = (pattern) =>
  spawnSync('pgrep', ['-f', pattern], { encoding: 'utf8' })
    .stdout.split('\n')
    .filter((line) => line !== '')
    .map(Number);

/** Pid and start tick: a pid alone may be somebody else's by now. */
export const identify = (pids) => pids.map((pid) => ({ pid, tick: fieldsOf(pid)?.[19] ?? null }));
export const alive = (identities) =>
  identities.filter(({ pid, tick }) => tick !== null && fieldsOf(pid)?.[19] === tick);

/** Makes the machine run out of memory once: see eat.py. */
export const eat = (...words) => spawnSync('python3', ['/job/eat.py', ...words], { stdio: 'inherit' });

/** Pids that the kernel took, oldest first, of the machine or of a cgroup. */
export const killedPids = () => {
  const log = execFileSync('dmesg', { encoding: 'latin1', maxBuffer: 1 << 26 });
  return [...log.matchAll(/ut of memory: Killed process (\d+) /g)].map(([, pid]) => Number(pid));
};

/** Distinct jobs at work on the queue in four seconds, less the one there should be. */
export const duplicates = async () => {
  writeFileSync('/run/ci/ticks', '');
  await after(4000);
  return new Set(readFileSync('/run/ci/ticks', 'utf8').trim().split('\n')).size - 1;
};

export const verdictWords = ({ oom, cause }) => `${oom}/${cause}`;

/** A step that fails costs its own figures and no others; the row then says that it was not measured. */
export const play = async (steps) => {
  for (const step of steps) {
    const begun = performance.now();
    try {
      await step();
    } catch (error) {
      process.exitCode = 1;
      console.log(`${step.name} failed: ${error.stack}`);
    }
    console.log(`${step.name}: ${((performance.now() - begun) / 1000).toFixed(1)} s`);
  }
};

/** Stops everything and looks whether it is gone; the supervisor's log is shown when it is not. */
export const leave = ({ cli }, pattern, key) => {
  try {
    cli('stop');
    result(key, pidsOf(pattern).length);
  } finally {
    const log = '/run/ci/supervisor.log';
    if (process.exitCode === 1 && existsSync(log)) console.log(readFileSync(log, 'utf8').slice(-3000));
  }
};
