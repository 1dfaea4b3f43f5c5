// Is what a process uses added up right, over members that come and go?

import { describe, expect, test } from 'vitest';
import { parseUsage } from '../../src/kernel/usage.ts';
import { Sampler, type SamplerUsage } from '../../src/metrics/sampler.ts';

const scene = (count = 1) => {
  const rows = new Map<number, SamplerUsage>();
  const state = { now: 0, turns: 0, members: [1], step: 0 };
  const keys = Array.from({ length: count }, (_, index) => `p${index}`);
  const sampler = new Sampler({
    subjects: () => keys.map((key) => ({ key, inspect: () => ({ members: state.members }) })),
    usage: (pid) => {
      state.now += state.step;
      return rows.get(pid) ?? 'gone';
    },
    now: () => state.now,
    yieldTurn: async () => {
      state.turns += 1;
    },
  });
  return { sampler, rows, state, keys };
};

describe('the sampler', () => {
  test('adds up the memory of all members and leaves out those that are gone', async () => {
    const { sampler, rows, state } = scene();
    state.members = [1, 2, 3];
    rows.set(1, { startTick: 1, cpuSeconds: 1, rss: 100 });
    rows.set(2, { startTick: 1, cpuSeconds: 2, rss: 50 });
    await sampler.fresh(0);
    expect(sampler.reading('p0')).toMatchObject({ memory: 150, cpuSeconds: 3, cpu: null });
  });

  test('tells the CPU since the last reading in percent of one core', async () => {
    const { sampler, rows, state } = scene();
    rows.set(1, { startTick: 1, cpuSeconds: 1, rss: 100 });
    await sampler.fresh(0);
    rows.set(1, { startTick: 1, cpuSeconds: 1.5, rss: 100 });
    state.now = 1000;
    await sampler.fresh(500);
    expect(sampler.reading('p0')?.cpu).toBeCloseTo(50);
  });

  test('never lets CPU seconds fall: not when a member ends, not when its pid is given again', async () => {
    const { sampler, rows, state } = scene();
    rows.set(1, { startTick: 1, cpuSeconds: 10, rss: 1 });
    await sampler.fresh(0);
    rows.set(1, { startTick: 9, cpuSeconds: 2, rss: 1 });
    state.now = 1000;
    await sampler.fresh(0);
    expect(sampler.reading('p0')?.cpuSeconds).toBe(12);
    rows.clear();
    state.now = 2000;
    await sampler.fresh(0);
    expect(sampler.reading('p0')).toMatchObject({ cpuSeconds: 12, memory: null });
  });

  test('lets others have their turn after two milliseconds of work', async () => {
    const { sampler, rows, state } = scene(100);
    rows.set(1, { startTick: 1, cpuSeconds: 1, rss: 1 });
    state.step = 1;
    await sampler.fresh(0);
    expect(state.turns).toBeGreaterThanOrEqual(45);
  });

  test('samples once for all who ask at the same time, and not again while that is fresh', async () => {
    const { sampler, rows, state } = scene(10);
    rows.set(1, { startTick: 1, cpuSeconds: 1, rss: 1 });
    state.step = 1;
    await Promise.all([sampler.fresh(0), sampler.fresh(0), sampler.fresh(0)]);
    expect(state.now).toBe(10);
    await sampler.fresh(5);
    expect(state.now).toBe(10);
  });

  test('forgets processes that are gone from the config', async () => {
    const { sampler, state, keys } = scene(2);
    await sampler.fresh(0);
    expect(sampler.reading('p1')).not.toBeNull();
    keys.pop();
    state.now = 10;
    await sampler.fresh(0);
    expect(sampler.reading('p1')).toBeNull();
  });

  test('keeps the last five minutes and no more', async () => {
    const { sampler, rows, state } = scene();
    rows.set(1, { startTick: 1, cpuSeconds: 1, rss: 7 });
    for (let round = 0; round < 100; round += 1) {
      state.now += 5000;
      await sampler.fresh(0);
    }
    expect(sampler.reading('p0')?.history).toHaveLength(60);
  });
});

describe('a line of /proc/PID/stat', () => {
  const LINE =
    '42 (a) b (c) S 1 42 42 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 1 0 777 1000000 25 18446744073709551615 1 1 0';

  test('is read behind a name with spaces and brackets', () => {
    expect(parseUsage(LINE, 4096)).toEqual({ startTick: 777, cpuSeconds: 3, rss: 25 * 4096 });
  });

  test('that is torn tells nothing', () => {
    expect(parseUsage('42 (a) S 1 2', 4096)).toBeNull();
  });
});
