// How fast do logs take what programs write, and what does that cost the supervisor?
//
// usage: npm run build && node --expose-gc scripts/bench/logs.mjs [MEGABYTES]

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClock } from '../../dist/kernel/clock.js';
import { openCapture } from '../../dist/logs/capture.js';
import { Logs } from '../../dist/logs/logs.js';

const megabytes = Number(process.argv[2] ?? 1000);
const folder = mkdtempSync(join(tmpdir(), 'tsvisor-bench-logs-'));
const clock = createClock();
const logs = new Logs(clock);
let pipes = 0;

const makeFifos = (count) => {
  const fifos = Array.from({ length: count }, () => join(folder, `pipe-${(pipes += 1)}`));
  execFileSync('mkfifo', fifos);
  return fifos;
};

/** A log with its pipe. */
const openOne = (fifo, { strip = false } = {}) => {
  const log = logs.open({ path: `${fifo}.log`, maxBytes: 50_000_000, backups: 1 });
  return { fifo, log, capture: openCapture({ fifo, sink: log, clock, strip }) };
};

/** Writes `bytes` in writes of `size`, by dd: one read of /dev/zero and one write each. */
const write = async (fifo, { bytes, size }) => {
  const fd = openSync(fifo, constants.O_RDWR);
  const options = [`if=/dev/zero`, `bs=${size}`, `count=${Math.round(bytes / size)}`, 'status=none'];
  const child = spawn('dd', options, { stdio: ['ignore', fd, 'inherit'] });
  closeSync(fd);
  await once(child, 'exit');
};

const measure = async ({ size, bytes, writers = 1, strip = false }) => {
  const ones = makeFifos(writers).map((fifo) => openOne(fifo, { strip }));
  const began = performance.now();
  const before = process.cpuUsage();
  await Promise.all(ones.map(({ fifo }) => write(fifo, { bytes: bytes / writers, size })));
  await Promise.all(ones.map(({ capture }) => capture.drain()));
  const { user, system } = process.cpuUsage(before);
  const seconds = (performance.now() - began) / 1000;
  const taken = ones.reduce((sum, { capture }) => sum + capture.bytes, 0) / 1e9;
  for (const { capture, log } of ones) {
    capture.close();
    log.close();
  }
  const cpu = (user + system) / 1e6 / taken;
  const who = `${writers} x writes of ${size} bytes${strip ? ', strip_ansi' : ''}`;
  console.log(
    `${who.padEnd(40)} ${(taken / seconds).toFixed(2).padStart(6)} GB/s ${cpu.toFixed(2).padStart(6)} CPU s/GB`,
  );
};

const dirty = () => Number(/Private_Dirty:\s+(\d+)/.exec(readFileSync('/proc/self/smaps_rollup', 'utf8'))[1]);

/** The first hundred pay for what all share. */
const measureMemory = (count) => {
  const fifos = makeFifos(count + 100);
  const kept = fifos.slice(0, 100).map((fifo) => openOne(fifo));
  globalThis.gc?.();
  const before = dirty();
  kept.push(...fifos.slice(100).map((fifo) => openOne(fifo)));
  globalThis.gc?.();
  console.log(
    `${count} captures with their logs: ${((dirty() - before) / count).toFixed(1)} kB private dirty each`,
  );
  for (const { capture, log } of kept) {
    capture.close();
    log.close();
  }
};

try {
  measureMemory(1000);
  await measure({ size: 65_536, bytes: megabytes * 1e6 });
  await measure({ size: 4000, bytes: megabytes * 1e6 });
  await measure({ size: 100, bytes: megabytes * 2e5 });
  await measure({ size: 4000, bytes: megabytes * 1e6, writers: 10 });
  await measure({ size: 100, bytes: megabytes * 2e5, writers: 10 });
  await measure({ size: 4000, bytes: megabytes * 1e6, strip: true });
} finally {
  rmSync(folder, { recursive: true });
}
