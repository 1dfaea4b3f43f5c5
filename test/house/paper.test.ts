// Do the papers say what is true? README's commands, CHANGELOG's versions, the length of files.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const HOME = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(join(HOME, path), 'utf8');

interface Package {
  readonly version: string;
  readonly scripts: Readonly<Record<string, string>>;
  readonly bin: Readonly<Record<string, string>>;
  readonly files: readonly string[];
}

const pack: Package = JSON.parse(read('package.json'));

/** npm's own words, which need no script. */
const NPM_WORDS = new Set(['ci', 'install', 'i', 'pack', 'publish', 'exec', 'link']);

const npmCommands = (text: string): readonly string[] =>
  [...text.matchAll(/\bnpm (?:run )?([\w:-]+)/g)].flatMap(([, name]) => name ?? []);

const filesBelow = (folder: string): readonly string[] =>
  readdirSync(join(HOME, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));

describe('the papers', () => {
  test.each(['README.md', 'CONTRIBUTING.md', '.ci/run'])(
    '%s names no npm command that does not exist',
    (path) => {
      const named = npmCommands(read(path)).filter((name) => !NPM_WORDS.has(name));
      expect(named.length).toBeGreaterThan(0);
      expect(named.filter((name) => pack.scripts[name] === undefined)).toEqual([]);
    },
  );

  test('the README has the two commands of a newcomer', () => {
    expect(read('README.md')).toContain('npm ci && npm run demo');
    expect(read('README.md')).toContain('npm ci && npm test');
  });

  test('CI runs the test command of the README', () => {
    expect(read('.ci/run')).toContain('npm ci && npm test');
  });

  test('the CHANGELOG has an entry for the version of the package', () => {
    const entries = [...read('CHANGELOG.md').matchAll(/^## \[?v?(\d+\.\d+\.\d+)/gm)].map(
      ([, version]) => version,
    );
    expect(entries).toContain(pack.version);
  });

  test('every link of the README to a file of the project leads to one', () => {
    const links = [...read('README.md').matchAll(/\]\((?!https?:|#)([^)#]+)/g)].flatMap(
      ([, path]) => path ?? [],
    );
    expect(links.length).toBeGreaterThan(0);
    expect(links.filter((path) => !existsSync(join(HOME, path)))).toEqual([]);
  });
});

describe('the files of src', () => {
  const sources = filesBelow('src').filter((path) => path.endsWith('.ts'));

  test('have 300 lines at most', () => {
    expect(sources.length).toBeGreaterThan(30);
    const long = sources.filter((path) => readFileSync(path, 'utf8').split('\n').length > 301);
    expect(long).toEqual([]);
  });

  test('open with the question they answer', () => {
    const silent = sources.filter((path) => !/^(#!.*\n)?\/\/ \S/.test(readFileSync(path, 'utf8')));
    expect(silent).toEqual([]);
  });
});
