// Is the reference page what the table of keys says?

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { SECTIONS } from '../../src/config/keys.ts';
import { fillReference, referenceTables } from '../../src/config/reference.ts';

const page = readFileSync('docs/reference/config.md', 'utf8');

test('has every table as `node scripts/docs.mjs` writes it', () => {
  expect(fillReference(page)).toBe(page);
});

test('names every key there is', () => {
  const keys = Object.values(SECTIONS).flatMap((rows) => Object.keys(rows));
  expect(keys.length).toBeGreaterThan(100);
  expect(keys.filter((key) => !page.includes(`\`${key}\``))).toEqual([]);
});

test('refuses a page without a place for a table, and a place without a table', () => {
  expect(() => fillReference('')).toThrow(/no place for/);
  const places = [...referenceTables().keys()].map((name) => `<!-- table: ${name} -->\n<!-- end -->`);
  expect(fillReference(places.join('\n'))).toContain('| `startsecs`');
  expect(() => fillReference([...places, '<!-- table: nothing -->\n<!-- end -->'].join('\n'))).toThrow(
    /no table is called nothing/,
  );
});
