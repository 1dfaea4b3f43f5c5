// Does a pattern match what Python's glob matches?

import { expect, test } from 'vitest';
import { glob } from '../../src/config/glob.ts';
import { makeFolder } from './sandbox.ts';

test.each([
  ['*.conf', ['a.conf', 'b.conf', 'é.conf']],
  ['?.conf', ['a.conf', 'b.conf', 'é.conf']],
  ['[ab].conf', ['a.conf', 'b.conf']],
  ['[!a].conf', ['b.conf', 'é.conf']],
  ['[b-a].conf', []],
  ['.*.conf', ['.hidden.conf']],
  ['**/*.conf', ['sub/c.conf']],
  ['sub/c.conf', ['sub/c.conf']],
  ['s*/[c]*', ['sub/c.conf']],
  ['*/c.conf', ['sub/c.conf']],
  ['*/', ['sub/']],
  ['none.conf', []],
  ['a{b}.conf', []],
  ['[x', ['[x']],
  ['a+b(c).txt', ['a+b(c).txt']],
])('%s', (pattern, expected) => {
  const folder = makeFolder({
    'a.conf': '',
    'b.conf': '',
    'é.conf': '',
    '.hidden.conf': '',
    'sub/c.conf': '',
    'sub/deep/d.conf': '',
    '[x': '',
    'a+b(c).txt': '',
  });
  expect(
    glob(`${folder}/${pattern}`)
      .map((path) => path.slice(folder.length + 1))
      .toSorted(),
  ).toEqual(expected);
});
