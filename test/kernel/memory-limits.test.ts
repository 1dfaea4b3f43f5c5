// Are limits written where the kernel looks for them, in an order it takes, and is what is not enforced named?

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { highIsSafe, setV1, setV2 } from '../../src/kernel/memory-limits.ts';

const MB = 1024 * 1024;

/** A folder of plain files in place of a cgroup: what is written last stays in them. */
const folderWith = (...names: readonly string[]): string => {
  const folder = mkdtempSync(join(tmpdir(), 'tsvisor-limits-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const name of names) writeFileSync(join(folder, name), '');
  return folder;
};
const read = (folder: string, name: string): string => readFileSync(join(folder, name), 'utf8');

test('v2 takes every limit in its own file', () => {
  const folder = folderWith('memory.max', 'memory.high', 'memory.swap.max', 'memory.oom.group');
  const limited = setV2(folder, { max: 64 * MB, high: 48 * MB, swap: 0, oomGroup: true });
  expect(limited).toEqual({ enforcedBy: 'memory.max', refusal: null });
  expect(read(folder, 'memory.swap.max')).toBe('0');
  expect(read(folder, 'memory.oom.group')).toBe('1');
});

test('v2 without swap accounting says which limit is missing', () => {
  const folder = folderWith('memory.max', 'memory.high', 'memory.oom.group');
  const limited = setV2(folder, { max: 64 * MB, high: null, swap: MB });
  expect(limited.enforcedBy).toBe('memory.max');
  expect(limited.refusal).toMatch(/memory\.swap\.max: ENOENT/);
});

test('v1 adds swap to memory, and names what only v2 can', () => {
  const folder = folderWith('memory.limit_in_bytes', 'memory.memsw.limit_in_bytes');
  const limited = setV1(folder, { max: 64 * MB, high: 48 * MB, swap: 16 * MB, oomGroup: true });
  expect(limited.enforcedBy).toBe('memory.limit_in_bytes');
  expect(limited.refusal).toMatch(/memory_high needs cgroup v2.*memory_oom_group needs cgroup v2/);
  expect(Number.parseInt(read(folder, 'memory.memsw.limit_in_bytes'), 10)).toBe(80 * MB);
});

test('a soft limit is refused where the kernel can hang by it', () => {
  expect(['4.19.0-21-amd64', '5.8.18', '5.9.0', '6.12.1-cloud'].map(highIsSafe)).toEqual([
    false,
    false,
    true,
    true,
  ]);
});
