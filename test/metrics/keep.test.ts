// Do counts outlive their supervisor, whatever its disk does?

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openKeeper } from '../../src/metrics/keep.ts';
import { ManualClock } from '../kernel/manual-clock.ts';

const scene = (folder = mkdtempSync(join(tmpdir(), 'tsvisor-keep-'))) => {
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const clock = new ManualClock();
  const troubles: string[] = [];
  const state = { kills: 0 };
  const keeper = openKeeper({ folder, clock, kept: () => state, trouble: (text) => troubles.push(text) });
  const written = (): unknown => JSON.parse(readFileSync(join(folder, 'counts.json'), 'utf8'));
  return { folder, clock, troubles, state, keeper, written };
};

test('gathers changes for two seconds and then writes them once', () => {
  const { clock, state, keeper, written } = scene();
  keeper.changed(false);
  state.kills = 2;
  keeper.changed(false);
  expect(clock.armed).toBe(1);
  clock.advance(2000);
  expect(written()).toEqual({ kills: 2 });
  expect(clock.armed).toBe(0);
});

test('writes what is urgent at once', () => {
  const { state, keeper, written, clock } = scene();
  state.kills = 1;
  keeper.changed(true);
  expect(written()).toEqual({ kills: 1 });
  expect(clock.armed).toBe(0);
});

test('writes on the way out only what has not been written', () => {
  const { state, keeper, written } = scene();
  keeper.flush();
  expect(written).toThrow('ENOENT');
  state.kills = 3;
  keeper.changed(false);
  keeper.flush();
  expect(written()).toEqual({ kills: 3 });
});

test('finds what was written before', () => {
  const { keeper, folder } = scene();
  keeper.changed(true);
  expect(scene(folder).keeper.found).toEqual({ kills: 0 });
});

test('finds nothing in a torn file', () => {
  const { folder } = scene();
  writeFileSync(join(folder, 'counts.json'), '{"kil');
  expect(scene(folder).keeper.found).toBeNull();
});

test('says once that it cannot write, and goes on', () => {
  const { keeper, troubles } = scene('/proc/nowhere');
  keeper.changed(true);
  keeper.changed(true);
  expect(troubles).toEqual([expect.stringContaining('cannot keep the counts of /metrics')]);
});
