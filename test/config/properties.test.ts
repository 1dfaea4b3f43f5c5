// Do the readers end, in a value or in problems, whatever the text is?

import fc from 'fast-check';
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { emptyDraft } from '../../src/config/draft.ts';
import { readEnvironment } from '../../src/config/environment.ts';
import { expand } from '../../src/config/expand.ts';
import { readIni } from '../../src/config/ini.ts';
import { loadPlan } from '../../src/config/load.ts';
import { isRefusal } from '../../src/config/refusal.ts';
import { makeFolder } from './sandbox.ts';

/** Text in which the characters that mean something are frequent. */
const dense = (characters: string): fc.Arbitrary<string> =>
  fc
    .array(
      fc.oneof(
        { weight: 4, arbitrary: fc.constantFrom(...Array.from(characters)) },
        { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
      ),
      { maxLength: 200 },
    )
    .map((parts) => parts.join(''));

const ini = dense('[]=:;# \t\r\n%()sdab\u00a0\u{FEFF}');

const lower = (raw: unknown): string => (typeof raw === 'string' ? raw.toLowerCase() : 'not a text');

describe('the ini reader', () => {
  test('ends in a draft of texts or in problems with a line', () => {
    fc.assert(
      fc.property(ini, (text) => {
        const draft = emptyDraft('ini', '/x');
        const problems = readIni(draft, '/x', text);
        const lines = text.split(/\r\n|\r|\n/).length;
        for (const { line } of problems) expect(line).toBeGreaterThan(0);
        for (const { line } of problems) expect(line).toBeLessThanOrEqual(lines);
        for (const section of draft.sections.values())
          for (const { raw } of section.entries.values()) expect(typeof raw).toBe('string');
      }),
      { numRuns: 2000 },
    );
  });

  test('reads plain lines, which have a way of their own, as it reads others', () => {
    const piece = fc.constantFrom(
      ...Array.from('=:[];# \t\n\n"%()b.'),
      'key',
      'a_key=value',
      '[s]\n',
      'x = y',
      ' ; said',
      'k=v\n',
      '\r\n',
    );
    const read = (text: string): unknown => {
      const draft = emptyDraft('ini', '/x');
      const problems = readIni(draft, '/x', text);
      const sections = [...draft.sections].map(
        ([name, { entries }]) =>
          [name.toLowerCase(), [...entries].map(([key, { raw, line }]) => [key, lower(raw), line])] as const,
      );
      return [sections, problems.map(({ line }) => line)];
    };
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = `[s]\n${pieces.join('')}`;
        // A key in capitals is the same key, and no plain line.
        const loud = text.replaceAll(/[a-z]/g, (letter) => (letter === 's' ? letter : letter.toUpperCase()));
        expect(read(loud)).toEqual(read(text));
      }),
      { numRuns: 3000 },
    );
  });

  test('reads what a writer of plain values wrote', () => {
    const word = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/);
    const value = fc.stringMatching(/^[A-Za-z0-9/%"'=:.,-]{1,20}$/);
    fc.assert(
      fc.property(fc.dictionary(word, fc.dictionary(word, value), { noNullPrototype: true }), (sections) => {
        const pages = Object.entries(sections).map(
          ([name, keys]) =>
            `[${name}]\n${Object.entries(keys)
              .map(([key, text]) => `${key} = ${text}\n`)
              .join('')}`,
        );
        const draft = emptyDraft('ini', '/x');
        expect(readIni(draft, '/x', pages.join('\n'))).toEqual([]);
        const read = [...draft.sections].map(
          ([name, { entries }]) =>
            [name, Object.fromEntries([...entries].map(([key, { raw }]) => [key, raw]))] as const,
        );
        expect(Object.fromEntries(read)).toEqual(sections);
      }),
    );
  });
});

test('the environment grammar ends in variables or in a refusal', () => {
  fc.assert(
    fc.property(dense('AB=,;"\'# \n\\$'), (text) => {
      const read = readEnvironment(text);
      if (read.variables === undefined) expect(read.refused).not.toBe('');
      else for (const value of Object.values(read.variables)) expect(typeof value).toBe('string');
    }),
    { numRuns: 3000 },
  );
});

test('an environment in its plain spelling is read as in any other', () => {
  const part = fc.constantFrom(
    'A',
    'B_1',
    '=',
    '="x y"',
    "='z'",
    '=v',
    ',',
    ' ',
    '"',
    "'",
    '\n',
    '/a.b-(c):',
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 14 }), (parts) => {
      const text = parts.join('');
      // A comment in front makes no difference, and is not plain.
      expect(readEnvironment(`#\n${text}`)).toEqual(readEnvironment(text));
    }),
    { numRuns: 3000 },
  );
});

test('quoted values of an environment come back as they were', () => {
  const key = fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,8}$/);
  const value = fc.string().filter((text) => !/["']/.test(text));
  fc.assert(
    fc.property(fc.dictionary(key, value, { noNullPrototype: true }), (variables) => {
      const text = Object.entries(variables).map(([name, content]) => `${name}="${content}"`);
      expect(readEnvironment(text.join(',')).variables).toEqual(variables);
    }),
  );
});

test('expansion ends in a text or in a refusal, and doubles percent signs back', () => {
  const names = [
    new Map<string, string | number>([
      ['a', 5],
      ['b', 'text'],
    ]),
  ];
  fc.assert(
    fc.property(dense('%()ab.0123456789-+ #sdrxfgec'), (text) => {
      const done = expand(text, names);
      expect(typeof (isRefusal(done) ? done.refused : done)).toBe('string');
    }),
    { numRuns: 3000 },
  );
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(expand(text.replaceAll('%', '%%'), names)).toBe(text);
    }),
  );
});

describe('loading', () => {
  const piece = fc.constantFrom(
    '[supervisord]\n',
    '[program:a]\n',
    '[group:g]\n',
    '[include]\n',
    '[eventlistener:e]\n',
    '[fcgi-program:f]\n',
    'command=x\n',
    'programs=a\n',
    'files=*.conf\n',
    'numprocs=3\n',
    'events=EVENT\n',
    'socket=tcp://a:1\n',
    'process_name=%(process_num)d\n',
    'environment=A="%(here)s"\n',
    'priority=%(ENV_N)s\n',
    '  more\n',
    'x\n',
  );

  const outcomes = async (
    file: string,
    texts: fc.Arbitrary<string>,
  ): Promise<{ plans: number; refusals: number }> => {
    const seen = { plans: 0, refusals: 0 };
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        writeFileSync(file, text);
        const resolved = await loadPlan(file, { env: { N: '5' }, assumeExists: true });
        if (resolved.plan === null) {
          seen.refusals += 1;
          return resolved.problems.length > 0;
        }
        seen.plans += 1;
        return resolved.plan.file === file;
      }),
      { numRuns: 300 },
    );
    return seen;
  };

  test('never throws for what is in an ini file', async () => {
    const parts = fc.array(fc.oneof(piece, dense('=:%\n[]')), { maxLength: 12 });
    const page = parts.map((some) => `[supervisord]\n${some.join('')}`);
    const seen = await outcomes(join(makeFolder({}), 'x.conf'), page);
    expect(seen.plans).toBeGreaterThan(3);
    expect(seen.refusals).toBeGreaterThan(3);
  });

  test('never throws for what is in a YAML file', async () => {
    const page = fc.oneof(
      dense('ab: -[]{}&*!|>"\'#\n<,?%'),
      fc.json(),
      fc.constant('programs: {a: {command: x}}'),
    );
    const seen = await outcomes(join(makeFolder({}), 'x.yaml'), page);
    expect(seen.plans).toBeGreaterThan(3);
    expect(seen.refusals).toBeGreaterThan(3);
  });
});
