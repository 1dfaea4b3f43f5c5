// Are rows made anew only where something has changed?

import { expect, test } from 'vitest';
import type { ProcessSummary } from '../../src/model/process-summary.ts';
import type { Backend } from '../../src/web/backend.ts';
import { RowCache } from '../../src/web/row-cache.ts';

const summary = (news: Partial<ProcessSummary> = {}): ProcessSummary => ({
  group: 'web',
  name: 'web',
  state: 'RUNNING',
  since: 1_700_000_000,
  members: 1,
  memory: 1_048_576,
  cpu: 0,
  score: null,
  readiness: null,
  restarts: 0,
  lastDeath: null,
  why: '',
  ...news,
});

const scene = (...first: readonly ProcessSummary[]) => {
  const state = { summaries: first };
  const backend = { summaries: () => state.summaries } as unknown as Backend;
  return { state, cache: new RowCache(backend, false) };
};

const keys = (rows: readonly { readonly key: string }[]): readonly string[] => rows.map(({ key }) => key);

test('the first call finds every row, the next one none', () => {
  const { cache } = scene(summary(), summary({ group: 'db', name: 'db' }));
  expect(keys(cache.update().changed)).toEqual(['web', 'db']);
  expect(cache.update()).toMatchObject({ changed: [], moved: false });
});

test('a value that is another one but reads the same is no change', () => {
  const { cache, state } = scene(summary());
  const { version } = cache.update();
  state.summaries = [summary({ cpu: 0.01 })];
  expect(cache.update()).toMatchObject({ changed: [], version });
});

test('a change is found once, and the version of the page grows with it', () => {
  const { cache, state } = scene(summary(), summary({ group: 'db', name: 'db' }));
  const { version } = cache.update();
  state.summaries = [summary(), summary({ group: 'db', name: 'db', state: 'FATAL', since: 0, why: 'gone' })];
  const call = cache.update();
  expect(keys(call.changed)).toEqual(['db']);
  expect(call.version).toBe(version + 1);
  expect(call.rows.filter((row) => row.version > version)).toEqual(call.changed);
  expect(cache.update().changed).toEqual([]);
});

test('a process that comes in the place of another one is seen', () => {
  const { cache, state } = scene(summary());
  cache.update();
  state.summaries = [summary({ name: 'other' })];
  expect(cache.update()).toMatchObject({ moved: true, rows: [{ key: 'web:other' }] });
});
