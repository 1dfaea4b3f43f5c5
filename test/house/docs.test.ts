// Is every page found from the index, does every link lead somewhere, and are the commands in them commands?

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { inFull } from '../../src/cli/argv.ts';
import { readArgv } from '../../src/cli/program.ts';
import { loadPlan } from '../../src/config/load.ts';
import { splitCommand } from '../../src/model/command-line.ts';
import { createScreen } from '../cli/screen.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const INDEX = 'docs/README.md';

const pages = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.md'))
  .map((name) => join('docs', name));
const papers = [...pages, 'README.md', 'CONTRIBUTING.md', 'CHANGELOG.md'];

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

interface Block {
  readonly language: string;
  readonly text: string;
}

const blocksOf = (path: string): readonly Block[] =>
  [...read(path).matchAll(/^( *)```(\w+)\n([^]*?)^ *```$/gm)].map(([, , language = '', text = '']) => ({
    language,
    text,
  }));

interface Link {
  readonly file: string;
  readonly anchor: string;
}

/** Links to files of the project, as paths from its root. */
const linksOf = (path: string): readonly Link[] =>
  [...read(path).matchAll(/\]\((?!https?:)([^)#\s]*)#?([^)\s]*)\)/g)].map(([, target = '', anchor = '']) => ({
    file: target === '' ? path : relative(ROOT, resolve(ROOT, dirname(path), target)),
    anchor,
  }));

/** As the forges make them of a heading. */
const anchorsOf = (path: string): readonly string[] =>
  [...read(path).matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

describe('the docs', () => {
  test('are all in the index', () => {
    expect(pages.length).toBeGreaterThan(10);
    const listed = new Set(linksOf(INDEX).map(({ file }) => file));
    expect(pages.filter((page) => page !== INDEX && !listed.has(page))).toEqual([]);
  });

  test('lead back to the index: `[All docs](README.md)` below the title', () => {
    const lost = pages.filter((page) => page !== INDEX && !linksOf(page).some(({ file }) => file === INDEX));
    expect(lost).toEqual([]);
  });

  test('are found from the README', () => {
    expect(linksOf('README.md').map(({ file }) => file)).toContain(INDEX);
  });

  test.each(papers)('%s has no link that leads nowhere', (paper) => {
    const lost = linksOf(paper).filter(
      ({ file, anchor }) =>
        !existsSync(join(ROOT, file)) || (anchor !== '' && !anchorsOf(file).includes(anchor)),
    );
    expect(lost).toEqual([]);
  });
});

describe('the commands in the docs', () => {
  const commands = papers.flatMap((paper) =>
    blocksOf(paper)
      .filter(({ language }) => language === 'sh')
      .flatMap(({ text }) => text.split('\n'))
      .map((line) => line.replace(/\s+#.*$/, '').replace(/\s*[|>;&].*$/, ''))
      .filter((line) => line.startsWith('tsvisor ')),
  );

  test.each([...new Set(commands)])('%s', (line) => {
    const split = splitCommand(line);
    const words = split.refused === undefined ? split.words.slice(1) : [];
    const screen = createScreen();
    expect({ order: readArgv(inFull(words), screen.terminal), complaint: screen.err() }).toMatchObject({
      order: { row: {} },
      complaint: '',
    });
  });
});

describe('the configs in the docs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tsvisor-test-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  /** Those that are a file, and no mere part of one. */
  const configs = papers.flatMap((paper) =>
    blocksOf(paper)
      .filter(
        ({ language, text }) =>
          (language === 'yaml' && /^(programs|defaults):/.test(text)) ||
          (language === 'ini' && /^\[(supervisord|program:|group:)/.test(text)),
      )
      .map((block) => ({ paper, ...block })),
  );

  test('are more than those of one page', () => {
    expect(configs.length).toBeGreaterThan(6);
    expect(new Set(configs.map(({ paper }) => paper)).size).toBeGreaterThan(3);
  });

  test.each(configs)('load without a mistake: $paper $text', async ({ paper, language, text }) => {
    const file = join(folder, language === 'ini' ? 'supervisord.conf' : 'tsvisor.yaml');
    const members = [...text.matchAll(/^programs=(.*)$/gm)].flatMap(([, names = '']) => names.split(','));
    const missing = members.filter((name) => !text.includes(`[program:${name}]`));
    const others = missing.map((name) => `\n[program:${name}]\ncommand=/bin/true\n`).join('');
    writeFileSync(file, text + (language === 'ini' ? others : ''));
    const resolved = await loadPlan(file, { assumeExists: true });
    if (resolved.plan === null) throw new Error(JSON.stringify(resolved.problems));
    if (paper === 'docs/migrate.md') expect(resolved.warnings).toEqual([]);
    expect(resolved.plan.groups.length).toBeGreaterThan(0);
  });
});
