// Are `ulimits` and `nice` read in each of their spellings, and is each mistake in them told?

import { describe, expect, test } from 'vitest';
import { printPlan } from '../../src/config/effective.ts';
import { nice, ulimits } from '../../src/config/ulimit-types.ts';
import { planOf, problemsOf } from './sandbox.ts';

const FILES = { name: 'nofile', soft: 1024, hard: 4096 };

describe('ulimits', () => {
  test.each([
    ['a text', 'nofile=1024:4096'],
    ['a list', ['nofile=1024:4096']],
    ['a map', { NOFILE: '1024 : 4096' }],
  ])('may be %s', (_, raw) => {
    expect(ulimits(raw)).toEqual([FILES]);
  });

  test('are in the unit of each limit', () => {
    const raw = 'core=0, memlock=64M:unlimited, cpu=1m, rttime=250ms, nproc=infinity';
    expect(ulimits(raw)).toEqual([
      { name: 'core', soft: 0, hard: 0 },
      { name: 'memlock', soft: 64 * 2 ** 20, hard: null },
      { name: 'cpu', soft: 60, hard: 60 },
      { name: 'rttime', soft: 250_000, hard: 250_000 },
      { name: 'nproc', soft: null, hard: null },
    ]);
  });

  test.each(['', 'none', ' NONE '])('are none with %j', (text) => {
    expect(ulimits(text)).toEqual([]);
  });

  test.each([
    ['files=10', 'is no resource limit'],
    ['constructor=10', 'is no resource limit'],
    ['nofile', 'is not a whole number'],
    ['nofile=-1', 'is not a whole number'],
    ['nofile=64M', 'is not a whole number'],
    ['memlock=lots', 'is not a size'],
    ['cpu=fast', 'is not a duration'],
    ['nofile=1:2:3', 'more than a soft and a hard limit'],
    ['nofile=2:1', 'is above the hard one'],
    ['nofile=unlimited:1', 'is above the hard one'],
    ['nofile=1,nofile=2', 'is there twice'],
  ])('%j is refused', (raw, words) => {
    expect(ulimits(raw)).toMatchObject({ refused: expect.stringContaining(words) });
  });
});

test.each([
  ['-20', -20],
  ['19', 19],
  ['none', null],
])('niceness %j is %j', (text, value) => {
  expect(nice(text)).toBe(value);
});

test.each(['20', '-21', 'low', '1.5'])('niceness %j is refused', (text) => {
  expect(nice(text)).toMatchObject({ refused: expect.stringContaining('is no niceness') });
});

describe('in a whole config', () => {
  test('say the same in ini and in YAML, and are shown as they would be written', async () => {
    const ini = await planOf('[program:a]\ncommand=a\nnice=5\nulimits=nofile=1024:4096,core=unlimited\n');
    const yaml = await planOf(
      'programs: { a: { command: a, nice: 5, ulimits: { nofile: "1024:4096", core: unlimited } } }',
      { name: 'tsvisor.yaml' },
    );
    expect(ini.groups).toEqual(yaml.groups);
    const shown = await printPlan(ini, 'json');
    for (const text of ['"nice": 5', '"nofile": "1024:4096"', '"core": "unlimited"'])
      expect(shown).toContain(text);
  });

  test('are refused at their lines', async () => {
    expect(await problemsOf('[program:a]\ncommand=a\nulimits=nofiles=1\nnice=99\n')).toEqual([
      "3: ulimits: cannot use [program:a]: 'nofiles' is no resource limit",
      "4: nice: cannot use [program:a]: '99' is no niceness",
    ]);
  });
});
