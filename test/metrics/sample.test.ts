// Are all processes sampled at once, and for how many processes of our own?

import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { sampleUsage } from '../../src/metrics/sample.ts';

const sleepers: ChildProcess[] = [];

const sleeper = (): number => {
  const child = spawn('sleep', ['1000'], { stdio: 'ignore' });
  sleepers.push(child);
  return child.pid ?? 0;
};

afterAll(() => {
  for (const child of sleepers) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

/** A `getconf` in front of the real one that counts its calls. */
const folder = mkdtempSync(join(tmpdir(), 'tsvisor-sample-'));
const calls = join(folder, 'calls');
const path = process.env['PATH'] ?? '';
writeFileSync(
  join(folder, 'getconf'),
  `#!/bin/sh\necho "$1" >>${calls}\nPATH='${path}' exec getconf "$1"\n`,
  {
    mode: 0o755,
  },
);
process.env['PATH'] = `${folder}:${path}`;

/** How many files of ours are the stat of one of them. */
const openStats = (pids: ReadonlySet<number>): number =>
  readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return pids.has(Number(/^\/proc\/(\d+)\/stat$/.exec(readlinkSync(`/proc/self/fd/${fd}`))?.[1]));
    } catch {
      // The one by which the folder was read.
      return false;
    }
  }).length;

describe('a sample of many processes', () => {
  test('asks for the clock and the page size once, not once for each', async () => {
    const pids = Array.from({ length: 100 }, sleeper);
    expect((await sampleUsage(pids)).size).toBe(100);
    expect(readFileSync(calls, 'utf8').split('\n').filter(Boolean).toSorted()).toEqual([
      'CLK_TCK',
      'PAGESIZE',
    ]);
  });

  test('gives resident bytes and a percentage', async () => {
    const sample = (await sampleUsage([process.pid])).get(process.pid);
    expect(sample?.memory).toBeGreaterThan(10_000_000);
    expect(sample?.cpu).toBeGreaterThanOrEqual(0);
  });

  test('leaves out what is gone, alone or among others', async () => {
    const gone = 2 ** 22 + 1;
    expect((await sampleUsage([gone])).size).toBe(0);
    expect([...(await sampleUsage([gone, process.pid])).keys()]).toEqual([process.pid]);
  });

  test('leaves no file open behind when many ask at the same time', async () => {
    const pids = Array.from({ length: 5 }, sleeper);
    await Promise.all(Array.from({ length: 20 }, () => sampleUsage(pids)));
    expect(openStats(new Set(pids))).toBeLessThanOrEqual(pids.length);
  });

  test('of none is empty', async () => {
    expect((await sampleUsage([])).size).toBe(0);
  });
});
