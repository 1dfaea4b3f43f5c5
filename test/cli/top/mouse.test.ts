// Are keys and reports of the mouse told apart, wherever a terminal cuts them?

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMouse, type Pointing } from '../../../src/cli/top/mouse.ts';

const CLICK = '\u001B[<0;12;7M';
const RELEASE = '\u001B[<0;12;7m';
const UP = '\u001B[<64;1;1M';

const heard = (pieces: readonly string[]): { keys: string; pointings: readonly Pointing[] } => {
  const takeApart = createMouse();
  const all = pieces.map((piece) => takeApart(piece));
  return { keys: all.map(({ keys }) => keys).join(''), pointings: all.flatMap(({ pointings }) => pointings) };
};

test('a click tells its row and column, a release nothing, a turn of the wheel its direction', () => {
  expect(heard([CLICK + RELEASE + UP])).toEqual({
    keys: '',
    pointings: [{ kind: 'click', row: 7, column: 12 }, { kind: 'wheelup' }],
  });
});

test('the right button and the middle one mean nothing', () => {
  expect(heard(['\u001B[<2;1;1M\u001B[<1;1;1M']).pointings).toEqual([]);
});

test('arrows and other keys stay keys', () => {
  expect(heard(['j\u001B[A', CLICK, 'q'])).toEqual({
    keys: 'j\u001B[Aq',
    pointings: [{ kind: 'click', row: 7, column: 12 }],
  });
});

test('a report that comes in two pieces is one', () => {
  fc.assert(
    fc.property(fc.integer({ min: 3, max: CLICK.length - 1 }), (at) => {
      const found = heard([`a${CLICK.slice(0, at)}`, `${CLICK.slice(at)}b`]);
      expect(found).toEqual({ keys: 'ab', pointings: [{ kind: 'click', row: 7, column: 12 }] });
    }),
  );
});
