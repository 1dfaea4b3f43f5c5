// Is proportional memory read when it is asked for, and no more often?

import { expect, test } from 'vitest';
import { parsePss, readPss } from '../../src/kernel/shares.ts';
import { Shares } from '../../src/metrics/shares.ts';

const scene = () => {
  const state = { now: 0, read: [] as number[], bytes: 100 as number | null };
  const shares = new Shares({
    read: async (pid) => {
      state.read.push(pid);
      return state.bytes;
    },
    now: () => state.now,
  });
  return { state, shares };
};

test('adds up the members of a process, and says nothing before all are read', async () => {
  const { shares } = scene();
  await shares.refresh([[1, 2]], 0);
  expect(shares.total([1, 2])).toBe(200);
  expect(shares.total([1, 2, 3])).toBeNull();
  expect(shares.total([])).toBeNull();
});

test('reads again only what is older than asked for', async () => {
  const { shares, state } = scene();
  await shares.refresh([[1]], 1000);
  state.now = 900;
  await shares.refresh([[1], [2]], 1000);
  expect(state.read).toEqual([1, 2]);
  state.now = 1500;
  await shares.refresh([[1], [2]], 1000);
  expect(state.read).toEqual([1, 2, 1]);
});

test('forgets who is gone, so that a pid that is given again is read again', async () => {
  const { shares, state } = scene();
  await shares.refresh([[1]], 1000);
  await shares.refresh([], 1000);
  expect(shares.total([1])).toBeNull();
  await shares.refresh([[1]], 1000);
  expect(state.read).toEqual([1, 1]);
});

test('walks through the pages of few members only', async () => {
  const { shares, state } = scene();
  const many = Array.from({ length: 65 }, (_, pid) => pid + 1);
  await shares.refresh([many, [99]], 0);
  expect(state.read).toEqual([99]);
  expect(shares.total(many)).toBeNull();
});

test('two who ask at once make one reading', async () => {
  const { shares, state } = scene();
  await Promise.all([shares.refresh([[1]], 1000), shares.refresh([[1]], 1000)]);
  expect(state.read).toEqual([1]);
});

test('what the kernel says of ourselves is read, and of nobody nothing', async () => {
  const own = await readPss(process.pid);
  expect(own).toBeGreaterThan(1_000_000);
  expect(own).toBeLessThanOrEqual(process.memoryUsage.rss() * 1.5);
  expect(await readPss(2 ** 30)).toBeNull();
  expect(parsePss('Rss: 5 kB\nPss:      12 kB\nPss_Dirty: 3 kB\n')).toBe(12_288);
  expect(parsePss('')).toBeNull();
});
