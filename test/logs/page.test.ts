// Does the page on logs tell of every key that there is, and of no other?

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { OWN_KEYS, PROGRAM_KEYS } from '../../src/config/keys.ts';

const page = readFileSync('docs/logs.md', 'utf8');

test("the page on logs lists tsvisor's own keys for logs, all of them", () => {
  const listed = [...page.matchAll(/^\| `(log_\w+)=/gm)].map(([, key]) => key);
  const own = Object.keys(OWN_KEYS).filter((key) => key.startsWith('log_'));
  expect(own.length).toBeGreaterThan(5);
  expect(new Set(listed)).toEqual(new Set(own));
});

test('the page on logs names no key that does not exist', () => {
  const named = [...page.matchAll(/`((?:stdout|log)_\w+)(?:=\w+)?`/g)].map(([, key = '']) => key);
  expect(named.length).toBeGreaterThan(8);
  expect(named.filter((key) => !(key in PROGRAM_KEYS))).toEqual([]);
});
