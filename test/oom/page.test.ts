// Does every test that docs/oom.md names exist, and every row of the virtual machine that it speaks of?

import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const page = readFileSync('docs/oom.md', 'utf8');
const rows = readFileSync('scripts/vm-test/rows.mjs', 'utf8');

const named = [...page.matchAll(/\b((?:[a-z0-9-]+\/)+[a-z0-9-]+\.test\.ts)/g)].map(([, path = '']) => path);

test('the page names tests that are there', () => {
  expect(new Set(named).size).toBeGreaterThan(15);
  expect(named.filter((path) => !existsSync(`test/${path}`))).toEqual([]);
});

test('the page names rows that the virtual machine prints', () => {
  const quoted = [...page.matchAll(/`test:vm`: "([^"]+)"/g)].map(([, label = '']) => label);
  expect(quoted.length).toBeGreaterThan(2);
  expect(quoted.filter((label) => !rows.toLowerCase().includes(label.toLowerCase()))).toEqual([]);
});
