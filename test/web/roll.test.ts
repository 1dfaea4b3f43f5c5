// Are rows made anew only where something has changed?

import { expect, test } from 'vitest';
import type { Glance } from '../../src/model/glance.ts';
import type { Backend } from '../../src/web/backend.ts';
import { Roll } from '../../src/web/roll.ts';

const glance = (news: Partial<Glance> = {}): Glance => ({
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

const scene = (...first: readonly Glance[]) => {
  const state = { glances: first };
  const backend = { glances: () => state.glances } as unknown as Backend;
  return { state, roll: new Roll(backend, false) };
};

const keys = (rows: readonly { readonly key: string }[]): readonly string[] => rows.map(({ key }) => key);

test('the first call finds every row, the next one none', () => {
  const { roll } = scene(glance(), glance({ group: 'db', name: 'db' }));
  expect(keys(roll.call().changed)).toEqual(['web', 'db']);
  expect(roll.call()).toMatchObject({ changed: [], moved: false });
});

test('a value that is another one but reads the same is no change', () => {
  const { roll, state } = scene(glance());
  const { version } = roll.call();
  state.glances = [glance({ cpu: 0.01 })];
  expect(roll.call()).toMatchObject({ changed: [], version });
});

test('a change is found once, and the version of the page grows with it', () => {
  const { roll, state } = scene(glance(), glance({ group: 'db', name: 'db' }));
  const { version } = roll.call();
  state.glances = [glance(), glance({ group: 'db', name: 'db', state: 'FATAL', since: 0, why: 'gone' })];
  const call = roll.call();
  expect(keys(call.changed)).toEqual(['db']);
  expect(call.version).toBe(version + 1);
  expect(call.rows.filter((row) => row.version > version)).toEqual(call.changed);
  expect(roll.call().changed).toEqual([]);
});

test('a process that comes in the place of another one is seen', () => {
  const { roll, state } = scene(glance());
  roll.call();
  state.glances = [glance({ name: 'other' })];
  expect(roll.call()).toMatchObject({ moved: true, rows: [{ key: 'web:other' }] });
});
