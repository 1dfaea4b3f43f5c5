// Does tsvisor read every real file as supervisord 4.2.5 does, but for the differences that the documentation lists?

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadCtl } from '../../src/config/ctl.ts';
import { corpusCases, corpusIsThere, differences, edgeCases, laidOut, placed, readCase } from './corpus.ts';
import type { Case } from './corpus.ts';

/** Files of the corpus that show a listed difference, by the rule's name in docs/supervisord.md. */
const SHOWN_BY: Readonly<Record<string, readonly string[]>> = {
  'byte-order-mark': ['053-bom-before-comment', '309-include-bom', '343-windows-notepad'],
  'nul-byte': ['059-nul-byte'],
  'nameless-percent': ['067-percent-r-a-c'],
  'loglevel-word': ['149-loglevel-dunder'],
  'python-plugin': ['195-listener-result-handler-unknown', '246-rpcinterface-third-party'],
};

const LISTED = new Set(Object.values(SHOWN_BY).flat());

/** Fewer files than this mean that the test did not look. */
const AT_LEAST = 370;

const inSandbox = async <T>(use: (sandbox: string) => Promise<T>): Promise<T> => {
  const sandbox = mkdtempSync(join(tmpdir(), 'tsvisor-corpus-'));
  try {
    return await use(sandbox);
  } finally {
    rmSync(sandbox, { recursive: true });
  }
};

const disagreements = async (one: Case): Promise<string[]> => {
  const answer = one.expected.as_included ?? one.expected.as_main;
  return inSandbox(async (sandbox) => {
    const ours = await readCase(one, { env: answer.env, wrapped: answer !== one.expected.as_main }, sandbox);
    if (answer.ok && !ours.ok) return [`accepted there, refused here: ${ours.problems.join(' | ')}`];
    if (!answer.ok && ours.ok) return [`refused there, accepted here: ${answer.error}`];
    return answer.ok ? differences(placed(answer.config, ours), ours.config) : [];
  });
};

const clientDisagreements = async (one: Case): Promise<string[]> => {
  const answer = one.expected.supervisorctl;
  return inSandbox(async (sandbox) => {
    const { here, cwd, file } = laidOut(one, sandbox, false);
    const ours = loadCtl(file, { env: answer.env, cwd, hostname: one.expected.hostname, assumeExists: true });
    if (answer.ok !== (ours.settings !== null))
      return [`${answer.ok ? 'accepted' : 'refused'} there, not here`];
    if (ours.settings === null) return [];
    const { historyFile, plugins, ...same } = ours.settings;
    const shape = {
      ...same,
      history_file: historyFile,
      plugins: plugins.map(({ name, factory, settings }) => ({ name, factory, config: settings })),
    };
    return differences(placed(answer.config, { here, cwd }), shape);
  });
};

const allCases = (): readonly Case[] => [...corpusCases(), ...edgeCases()];

describe.skipIf(!corpusIsThere)(
  'beside the corpus of real files (skipped where ../shared/corpus is not there)',
  () => {
    test('accepts what supervisord accepts, with equal values, and refuses what it refuses', async () => {
      const cases = allCases();
      const found: string[] = [];
      let agreed = 0;
      for (const one of cases) {
        const different = await disagreements(one);
        if (LISTED.has(one.name)) continue;
        if (different.length === 0) agreed += 1;
        found.push(...different.map((text) => `${one.name}: ${text}`));
      }
      console.log(`corpus: ${cases.length} files seen, ${agreed} agreed, ${LISTED.size} listed differences`);
      expect(cases.length).toBeGreaterThanOrEqual(AT_LEAST);
      expect(found).toEqual([]);
      expect(agreed + LISTED.size).toBe(cases.length);
    }, 60_000);

    test.each([...LISTED])('still differs on %s, so that the list stays true', async (name) => {
      const one = allCases().find((candidate) => candidate.name === name);
      expect(one, `${name} is in the corpus`).toBeDefined();
      if (one !== undefined) expect(await disagreements(one)).not.toEqual([]);
    });

    test('takes a file of programs without [supervisord], which supervisord refuses', async () => {
      const fragments = allCases().filter((one) => one.expected.verdict === 'accept-as-included');
      expect(fragments.length).toBeGreaterThan(40);
      const taken = await Promise.all(
        fragments.map((one) =>
          inSandbox((sandbox) =>
            readCase(one, { env: one.expected.as_included?.env ?? {}, wrapped: false }, sandbox),
          ),
        ),
      );
      expect(taken.filter(({ ok }) => ok).length).toBeGreaterThan(35);
    });

    test('reads the client settings as supervisorctl does', async () => {
      const found: string[] = [];
      const cases = allCases().filter((one) => !LISTED.has(one.name));
      let accepted = 0;
      for (const one of cases) {
        if (one.expected.supervisorctl.ok) accepted += 1;
        found.push(...(await clientDisagreements(one)).map((text) => `${one.name}: ${text}`));
      }
      expect(accepted).toBeGreaterThan(40);
      expect(found).toEqual([]);
    }, 60_000);
  },
);

test('lists in the documentation exactly the differences that are tested', () => {
  const page = readFileSync('docs/supervisord.md', 'utf8');
  const table = page.split('\n## ').find((part) => part.startsWith('The config file')) ?? '';
  const rules = [...table.matchAll(/^\| `([\w-]+)`/gm)].map(([, rule]) => rule);
  expect(new Set(rules)).toEqual(
    new Set([...Object.keys(SHOWN_BY), 'repeated-warning', 'own-events', 'fragment', 'bounds']),
  );
});
