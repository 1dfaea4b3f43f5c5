// Do members stand below whoever started them, each of them once?

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { treeOf, type Relative } from '../../../src/cli/top/tree.ts';

const member = (pid: number, parent: number, rss = 0): Relative => ({ pid, parent, rss });

const drawn = (...members: readonly Relative[]): readonly string[] =>
  treeOf(members).map(({ lines, member: { pid } }) => `${lines}${pid}`);

test('children stand below their parent, the largest first', () => {
  expect(drawn(member(3, 1, 5), member(1, 99, 1), member(4, 1, 9), member(5, 4), member(6, 3))).toEqual([
    '└ 1',
    '  ├ 4',
    '  │ └ 5',
    '  └ 3',
    '    └ 6',
  ]);
});

test('members whose parent is gone stand beside the leader', () => {
  expect(drawn(member(10, 2), member(20, 1, 8))).toEqual(['├ 20', '└ 10']);
});

test('every member stands there once, whatever the parents are said to be', () => {
  const members = fc.uniqueArray(fc.record({ pid: fc.nat(9), parent: fc.nat(9), rss: fc.nat(3) }), {
    selector: ({ pid }) => pid,
    maxLength: 10,
  });
  fc.assert(
    fc.property(members, (all) => {
      const pids = treeOf(all).map(({ member: { pid } }) => pid);
      expect(pids).toHaveLength(all.length);
      expect(new Set(pids)).toEqual(new Set(all.map(({ pid }) => pid)));
    }),
  );
});
