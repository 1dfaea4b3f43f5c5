// How small is the guardian, and how fast is nothing left? Prints linkage, memory, and the time from SIGKILL of the
// supervisor to the last of 200 descendants gone. `--rounds N` (default 9), `--json` for one line of figures.

import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const GUARDIAN = fileURLToPath(new URL('../../dist/guardian/guardian', import.meta.url));
const DESCENDANTS = 200;
// Each of 20 programs: a leader, eight children, and one that left the session by a double fork.
const LEADER = 'for i in 1 2 3 4 5 6 7 8; do sleep 1000 & done; (setsid sleep 1000 &); wait';
const SUPERVISOR = `for i in $(seq 20); do setsid sh -c '${LEADER}' & done; echo up; wait`;

const { values } = parseArgs({ options: { rounds: { type: 'string' }, json: { type: 'boolean' } } });
const rounds = Number(values.rounds ?? 9);

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
const read = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // The process is gone.
    return '';
  }
};

const children = (pid) => read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);
const descendants = (pid) => children(pid).flatMap((child) => [child, ...descendants(child)]);
const isAlive = (pid) => /\) [^ZX] /.test(read(`/proc/${pid}/stat`));
const memory = (pid) => Number(/VmRSS:\s+(\d+)/.exec(read(`/proc/${pid}/status`))?.[1]);

/** Waits, in turns of the event loop, until `test` gives something. */
const until = async (test, what) => {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const found = test();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`no ${what} within 10 s`);
    await new Promise((turn) => {
      setTimeout(turn, 2);
    });
  }
};

/** A program header of type PT_INTERP means that a loader and shared libraries come along; glibc's part is ten times musl's. */
const linkage = () => {
  const elf = readFileSync(GUARDIAN);
  const [start, size, count] = [Number(elf.readBigUInt64LE(32)), elf.readUInt16LE(54), elf.readUInt16LE(56)];
  const types = Array.from({ length: count }, (_, at) => elf.readUInt32LE(start + at * size));
  const kind = types.includes(3) ? 'dynamic' : elf.length < 200_000 ? 'static musl' : 'static';
  return { kind, bytes: elf.length };
};

const round = async () => {
  const guardian = spawn(GUARDIAN, ['guard', '--', '/bin/sh', '-c', SUPERVISOR], {
    stdio: ['ignore', 'ignore', 'ignore'],
    detached: true,
  });
  const ended = new Promise((settle) => {
    guardian.once('exit', settle);
  });
  const [supervisor] = await until(() => {
    const found = children(guardian.pid);
    return found.length > 0 && descendants(guardian.pid).length >= DESCENDANTS + 1 ? found : null;
  }, `${DESCENDANTS} descendants`);
  const rss = memory(guardian.pid);
  let rest = descendants(guardian.pid).filter((pid) => pid !== supervisor);
  const killed = performance.now();
  process.kill(supervisor, 'SIGKILL');
  while (rest.length > 0) rest = rest.filter(isAlive);
  const took = performance.now() - killed;
  guardian.kill('SIGTERM');
  await ended;
  return { rss, took };
};

if (existsSync(GUARDIAN)) {
  const results = [];
  for (let at = 0; at < rounds; at += 1) results.push(await round());
  const { kind, bytes } = linkage();
  const rss = median(results.map((one) => one.rss));
  const took = median(results.map((one) => one.took));
  const rows = [
    {
      name: 'resident memory of the guardian',
      unit: 'kB',
      value: rss,
      target: kind === 'static musl' ? 200 : 1500,
    },
    {
      name: `SIGKILL of the supervisor to the last of ${DESCENDANTS} gone`,
      unit: 'ms',
      value: took,
      target: 50,
    },
  ];
  if (values.json) console.log(JSON.stringify({ kind, bytes, rss, took }));
  else {
    console.log(`guardian: ${kind}, ${Math.round(bytes / 1000)} kB on disk, median of ${rounds}`);
    for (const { name, unit, value, target } of rows)
      console.log(
        `${name.padEnd(58)}${value.toFixed(1).padStart(8)} ${unit}   target <= ${target} ${unit}   ${value <= target ? 'met' : 'MISSED'}`,
      );
  }
} else console.log('guardian: not built (no C compiler?), nothing to measure');
