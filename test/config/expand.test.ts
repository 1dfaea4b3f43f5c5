// Are values expanded as Python's % does?

import { describe, expect, test } from 'vitest';
import { expand } from '../../src/config/expand.ts';

const names = [
  new Map<string, string | number>([
    ['n', 7],
    ['s', 'ab'],
    ['odd', 'é\u0001\\'],
    ['ENV_X', 'x%y'],
  ]),
];

describe('formats as Python', () => {
  test.each([
    ['plain', 'plain'],
    ['100%%', '100%'],
    ['%(s)s-%(n)d', 'ab-7'],
    ['%(n)02d|%(n)3d|%(n)-3d|%(n)+d|%(n) d', '07|  7|7  |+7| 7'],
    ['%(n)x %(n)#x %(n)o %(n)#o %(n)X %(n)i %(n)u', '7 0x7 7 0o7 7 7 7'],
    ['%(n).3d %(n)05.1f %(n)e %(n)g %(n)E', '007 007.0 7.000000e+00 7 7.000000E+00'],
    ['%(n)s %(s)5s|%(s)-5s|%(s).1s', '7    ab|ab   |a'],
    ['%(s)r %(n)r', "'ab' 7"],
    ['%(ENV_X)s', 'x%y'],
    ['%(odd)r %(odd)a', "'é\\x01\\\\' '\\xe9\\x01\\\\'"],
    ['%(n)ld', '7'],
  ])('%j gives %j', (text, expected) => {
    expect(expand(text, names)).toBe(expected);
  });
});

describe('refuses', () => {
  test.each([
    ['%(nope)s', "nothing is called 'nope' here"],
    ['100%', 'it ends within a %'],
    ['date +%Y', '%Y has no name'],
    ['50% done', '%d has no name'],
    ['%(s', '%( without )'],
    ['%(s)', 'it ends within a %'],
    ['%(s)d', '%d takes a number and this is a text'],
    ['%(s)y', "unknown format character 'y'"],
    ['%s', '%s has no name'],
    ['%5%', '%% has no name'],
    ['%(s)%', "unknown format character '%'"],
    ['%(n)9999999999d', 'its width is too large'],
  ])('%j: %s', (text, refused) => {
    expect(expand(text, names)).toMatchObject({ refused });
  });

  test('what would grow without end', () => {
    expect(expand('%(n)1000000d%(n)1000000d', names)).toMatchObject({ refused: 'it grows too long' });
  });
});
