import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chooseScore } from '../../src/oom/score.ts';

describe('the score of a program', () => {
  test.each([
    [-1000, 0],
    [-900, 0],
    [-200, 0],
    [-199, 1],
    [0, 200],
    [700, 900],
    [999, 1000],
  ])('auto under a supervisor at %i is %i', (supervisor, expected) => {
    expect(chooseScore({ kind: 'auto' }, supervisor)).toBe(expected);
  });

  test.each([
    [{ kind: 'absolute', value: -500 } as const, 300, -500],
    [{ kind: 'absolute', value: 2000 } as const, 300, 1000],
    [{ kind: 'relative', value: 100 } as const, 300, 400],
    [{ kind: 'relative', value: -700 } as const, -500, -1000],
    [{ kind: 'relative', value: 900 } as const, 300, 1000],
  ])('%o under a supervisor at %i is %i', (request, supervisor, expected) => {
    expect(chooseScore(request, supervisor)).toBe(expected);
  });

  test('auto always makes the program easier to kill than its supervisor', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1000, max: 999 }), (supervisor) => {
        expect(chooseScore({ kind: 'auto' }, supervisor)).toBeGreaterThan(supervisor);
      }),
    );
  });
});
