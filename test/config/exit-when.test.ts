// Is `exit_when` read as its reference says?

import { expect, test } from 'vitest';
import { exitRuleText, exitWhen, strangersIn } from '../../src/config/exit-when.ts';
import type { GroupPlan } from '../../src/model/plan.ts';
import { plan } from '../model/process-plan.ts';

const groups: readonly GroupPlan[] = [
  { name: 'g', priority: 1, kind: 'group', processes: [plan({ group: 'g', name: 'a' })] },
];

test('it is a list or a line, and reads back as it was', () => {
  const rules = exitWhen('any_fatal, g:a exits');
  expect(rules).toEqual([{ kind: 'any_fatal' }, { kind: 'exits', name: 'g:a' }]);
  expect(exitWhen(['ALL_EXITED'])).toEqual([{ kind: 'all_exited' }]);
  expect([exitWhen('none'), exitWhen('')]).toEqual([[], []]);
  expect(Array.isArray(rules) && rules.map(exitRuleText)).toEqual(['any_fatal', 'g:a exits']);
});

test('what it does not know is refused with the words it takes', () => {
  expect(exitWhen('whenever')).toMatchObject({ refused: expect.stringContaining("'whenever' is not known") });
  expect(exitWhen({ a: 'b' })).toMatchObject({ refused: expect.stringContaining('not a map') });
});

test('it names only processes that are there', () => {
  const strangers = (name: string) => strangersIn([{ kind: 'exits', name }], groups).length;
  expect(['g:a', 'g:*', 'all', 'a', 'g:b', 'h:*'].map(strangers)).toEqual([0, 0, 0, 1, 1, 1]);
});
