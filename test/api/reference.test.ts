// Are the pages about the API what its tables say?

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openApi } from '../../src/api/openapi.ts';
import { apiPage } from '../../src/api/reference.ts';
import { methodsOf } from '../../src/api/rpc.ts';
import { ROUTES } from '../../src/api/routes.ts';

const page = readFileSync('docs/reference/rpc.md', 'utf8');

test('the page is as `node scripts/docs.mjs` writes it, and names every method and route', () => {
  expect(page).toBe(apiPage());
  const methods = methodsOf({ supervisor: true }).map(({ name }) => name);
  expect(methods.length).toBeGreaterThan(50);
  expect(methods.filter((name) => !page.includes(`\`${name}`))).toEqual([]);
  expect(ROUTES.filter(({ path }) => !page.includes(path))).toEqual([]);
});

test('the OpenAPI document is as `node scripts/docs.mjs` writes it', () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  expect(JSON.parse(readFileSync('docs/reference/openapi.json', 'utf8'))).toEqual(openApi(version));
});
