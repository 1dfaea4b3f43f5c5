// Are the man pages what the tables of commands and keys say, and can man read them?

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { commandsManual } from '../../src/cli/manual.ts';
import { ROWS, type Row } from '../../src/cli/rows.ts';
import { SECTIONS } from '../../src/config/keys.ts';
import { configManual } from '../../src/config/manual.ts';
import { ERRORS } from '../../src/model/errors.ts';

const PAGES = { 'man/tsvisor.1': commandsManual, 'man/tsvisor.yaml.5': configManual };
const names = Object.keys(PAGES);

const hasMandoc = spawnSync('mandoc', ['-Tlint', '/dev/null']).error === undefined;

/** A page as a terminal without styles shows it, on long lines. */
const shown = (path: string): string =>
  spawnSync('mandoc', ['-Tutf8', '-Owidth=900', path], { encoding: 'utf8' }).stdout.replaceAll(/.[\b]/gu, '');

test.each(Object.entries(PAGES))('%s is as `node scripts/docs.mjs` writes it', (path, write) => {
  expect(readFileSync(path, 'utf8')).toBe(write());
});

test('the package brings every page there is, and no other', () => {
  const manifest: { man: readonly string[]; files: readonly string[] } = JSON.parse(
    readFileSync('package.json', 'utf8'),
  );
  expect(manifest.man).toEqual(names.map((name) => `./${name}`));
  expect(manifest.files).toContain('man');
  expect(names.filter((name) => !existsSync(name))).toEqual([]);
});

test.skipIf(!hasMandoc).each(names)('%s is read without a warning (mandoc)', (path) => {
  const { status, stdout } = spawnSync('mandoc', ['-Tlint', '-Wwarning', path], { encoding: 'utf8' });
  expect(stdout).toBe('');
  expect(status).toBe(0);
});

test.skipIf(!hasMandoc)('tsvisor(1) shows every command, option and exit status (mandoc)', () => {
  const page = shown('man/tsvisor.1');
  const rows: readonly Row[] = ROWS;
  for (const { name, words, options } of rows) {
    expect(page).toContain(`   ${`tsvisor ${name} ${words}`.trimEnd()}\n`);
    for (const { flags } of options) expect(page).toContain(` ${flags}`);
  }
  for (const [code, { exit }] of Object.entries(ERRORS)) expect(page.includes(` ${code}: `)).toBe(exit !== 0);
});

test.skipIf(!hasMandoc)('tsvisor.yaml(5) shows every key, as a term of its own (mandoc)', () => {
  const terms = new Set([...shown('man/tsvisor.yaml.5').matchAll(/^ {7}(\S+)/gm)].map(([, name]) => name));
  const keys = Object.values(SECTIONS).flatMap((rows) => Object.keys(rows));
  expect(keys.length).toBeGreaterThan(100);
  expect(keys.filter((key) => !terms.has(key))).toEqual([]);
});
