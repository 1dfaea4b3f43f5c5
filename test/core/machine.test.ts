// Is the machine total, and does its grid say what we think it says?

import { describe, expect, test } from 'vitest';
import { MACHINE } from '../../src/core/machine.ts';

const MARK = { function: 'x', ignored: '.', impossible: '!' } as const;

const grid = (): string => {
  const names = Object.keys(MACHINE.stopped) as (keyof typeof MACHINE.stopped)[];
  const rows = Object.entries(MACHINE).map(([phase, cells]) => {
    const marks = names.map((name) => {
      const cell = cells[name];
      return typeof cell === 'function' ? MARK.function : MARK[cell];
    });
    return `${phase.padEnd(10)} ${marks.join(' ')}`;
  });
  return [`${''.padEnd(10)} ${names.map((name) => name[0]).join(' ')}  (${names.join(' ')})`, ...rows].join(
    '\n',
  );
};

describe('the machine', () => {
  test('prints its grid: x a rule, . ignored, ! impossible', () => {
    console.log(`\n${grid()}\n`);
    expect(grid()).toMatchInlineSnapshot(`
      "           c l l e j s f e e a s s  (condemn launched launch-failed ended judged swept freed elapsed extend admitted stop start)
      stopped    . ! ! ! ! ! ! ! . ! . x
      exited     . ! ! ! ! ! ! ! . ! . x
      fatal      . ! ! ! ! ! ! ! . ! . x
      backoff    . ! ! ! ! ! ! x . ! x .
      waiting    . ! ! ! ! ! ! ! . x x .
      launching  x x x ! ! ! ! ! . ! x .
      starting   x ! ! x ! ! ! x . ! x .
      running    x ! ! x ! ! ! ! . ! x .
      stopping   x ! ! x ! ! ! x x ! x .
      settling   x ! ! x x x ! ! . ! x .
      stuck      x ! ! x x ! x ! . ! x ."
    `);
  });
});
