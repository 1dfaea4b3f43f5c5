// Does the ini reader see the lines as supervisord's does?

import { describe, expect, test } from 'vitest';
import { emptyDraft } from '../../src/config/draft.ts';
import { readIni } from '../../src/config/ini.ts';

const read = (text: string): { values: Record<string, Record<string, unknown>>; problems: string[] } => {
  const draft = emptyDraft('ini', '/x.conf');
  const problems = readIni(draft, '/x.conf', text).map(({ line, message }) => `${line}: ${message}`);
  const sections = [...draft.sections].map(([name, { entries }]) => {
    return [name, Object.fromEntries([...entries].map(([key, { raw }]) => [key, raw]))] as const;
  });
  return { values: Object.fromEntries(sections), problems };
};

const value = (text: string): unknown => read(`[s]\n${text}`).values['s'];

describe('comments', () => {
  test.each([
    ['k=a ; note', 'a'],
    ['k=a # note', 'a'],
    ['k=a;b#c', 'a;b#c'],
    ['k="a ; b"', '"a'],
    ['k=; b', '; b'],
    ['k= ; b', ''],
    ['k=a\u00a0; note', 'a'],
    // Both marks are followed in step: the first ; decides in the round in which the first # does not follow a blank.
    ['k=a#b c #d ;e', 'a#b c #d'],
    ['; k=a', undefined],
    ['  # k=a', undefined],
  ])('%j gives %j', (line, expected) => {
    expect(value(line)).toEqual(expected === undefined ? {} : { k: expected });
  });

  test('do not end a value of several lines', () => {
    expect(value('k=a\n; note\n  b\n  # note\n\n  c\n\n')).toEqual({ k: 'a\nb\n\nc' });
  });
});

describe('keys and sections', () => {
  test('splits at the first = or :, trims and lowers the key', () => {
    expect(value('  Key Name : a=b:c ')).toEqual({ 'key name': 'a=b:c' });
  });

  test('takes the last of a key and keeps its first place', () => {
    expect(Object.entries(value('a=1\nb=2\na=3') ?? {})).toEqual([
      ['a', '3'],
      ['b', '2'],
    ]);
  });

  test('merges sections of one name', () => {
    expect(read('[a]\nx=1\n[b]\n[a]\ny=2').values).toEqual({ a: { x: '1', y: '2' }, b: {} });
  });

  test('reads a header up to the last bracket and passes over what follows', () => {
    expect(Object.keys(read('[a] ; note\n[b]x\n[c]d]\n[ e ]').values)).toEqual(['a', 'b', 'c]d', ' e ']);
  });

  test('lets an indented line go on with the value above it, be it a key or a section', () => {
    expect(value('k=a\n  l=b\n  [t]')).toEqual({ k: 'a\nl=b\n[t]' });
  });

  test('takes an evenly indented section as it is', () => {
    expect(value('  k=a\n  l=b\n    c')).toEqual({ k: 'a', l: 'b\nc' });
  });

  test.each(['\n', '\r\n', '\r'])('ends lines at %j', (end) => {
    expect(read(`[s]${end}a=1${end}b=2${end}`).values).toEqual({ s: { a: '1', b: '2' } });
  });
});

describe('what it cannot read', () => {
  test('is told with every line', () => {
    expect(read('[s]\nword\n=x\nk=1\nother').problems).toEqual([
      "2: cannot read 'word': not key=value",
      "3: cannot read '=x': not key=value",
      "5: cannot read 'other': not key=value",
    ]);
  });

  test('ends at text before any section', () => {
    expect(read('k=1\nl=2').problems).toEqual(["1: cannot read 'k=1': no [section] before it"]);
  });
});
