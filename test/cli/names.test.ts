// Are names taken as supervisord takes them, and unknown ones answered with the nearest known?

import { describe, expect, test } from 'vitest';
import { select, unknownName } from '../../src/cli/names.ts';
import { createProcess } from './screen.ts';

const ALL = [
  createProcess({ group: 'ci', name: 'app-1' }),
  createProcess({ group: 'ci', name: 'app-2' }),
  createProcess({ group: 'web', name: 'web' }),
];

const namesOf = (words: readonly string[]): readonly string[] =>
  select(words, ALL).processes.map(({ name }) => name);

describe('names', () => {
  test.each([
    [[], ['app-1', 'app-2', 'web']],
    [['all'], ['app-1', 'app-2', 'web']],
    [['web'], ['web']],
    [['ci:*'], ['app-1', 'app-2']],
    [['ci:'], ['app-1', 'app-2']],
    [
      ['web', 'ci:app-1'],
      ['app-1', 'web'],
    ],
    [['app-1'], []],
  ])('%j mean %j', (words, names) => {
    expect(namesOf(words)).toEqual(names);
  });

  test.each([
    ['ci:app-3', 'ci:app-3: no such process', 'did you mean `ci:app-1`?'],
    ['app-2', 'app-2: no such process', 'did you mean `ci:app-2`?'],
    ['wbe', 'wbe: no such process', 'did you mean `web`?'],
    ['ci', 'ci: no such process', 'did you mean `ci:*`?'],
    ['cj:*', 'cj: no such group', 'did you mean `ci:*`?'],
    ['database', 'database: no such process', '`tsvisor status` lists the names'],
  ])('answers the unknown %s with words and a hint', (word, message, hint) => {
    const unknown = unknownName(word, ALL);
    expect(unknown.error.message).toBe(message);
    expect(unknown.hint).toBe(hint);
    expect(select([word], ALL).unknown).toHaveLength(1);
  });
});
