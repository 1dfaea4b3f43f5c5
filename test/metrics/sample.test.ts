// Are all processes sampled at once, and for how many processes of our own?

import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

  test('of none is empty', async () => {
    expect((await sampleUsage([])).size).toBe(0);
  });
});
