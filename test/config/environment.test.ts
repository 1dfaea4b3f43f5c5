// Does an `environment=` line set what it sets under supervisord?

import { describe, expect, test } from 'vitest';
import { readEnvironment } from '../../src/config/environment.ts';

describe('reads', () => {
  test.each<[string, Record<string, string>]>([
    ['', {}],
    ['A=1', { A: '1' }],
    ['A="1",B=\'2\',', { A: '1', B: '2' }],
    ['A = 1 ,\n  B=2', { A: '1', B: '2' }],
    ['A=/a/b.c+d-e():f', { A: '/a/b.c+d-e():f' }],
    ['A="x, y = z"', { A: 'x, y = z' }],
    ['A=""', { A: '' }],
    ['A="\'x\'"', { A: 'x' }],
    ["A=it's", { A: "it's" }],
    ['A="it\'s"', { A: "it's" }],
    ['A=1;B=2', { A: '1', B: '2' }],
    ['A=a b', { A: 'a' }],
    ['A=~x', { A: '~' }],
    ['A=http://x/?q=1', { A: 'http://x/', q: '1' }],
    ['A=1#2,B=3', { A: '1' }],
    ['A-B=1', { 'A-B': '1' }],
    ['A="x\ny"', { A: 'x\ny' }],
    ['A="a\\b"', { A: 'a\\b' }],
    ['A=€', { A: '€' }],
    ['A=1,A=2', { A: '2' }],
    ['__proto__=1', { ['__proto__']: '1' }],
  ])('%j', (text, variables) => {
    const read = readEnvironment(text);
    expect(read.variables).toEqual(variables);
    expect(Object.keys(read.variables ?? {})).toEqual(Object.keys(variables));
  });
});

describe('refuses', () => {
  test.each(['A', 'A=', 'A=,B=1', ',A=1', 'A=1,,B=2', 'A=1 B=2', 'A=me@host', 'A=a*b', 'A=${X}'])(
    '%j',
    (text) => {
      expect(readEnvironment(text).refused).toMatch(/is not KEY=value/);
    },
  );

  test('a quote that is never closed, and says why that happens', () => {
    expect(readEnvironment('A="x')).toMatchObject({
      refused: 'a quote is never closed',
      hint: 'a blank before ; or # starts a comment, even in quotes',
    });
  });
});

test('tells what it passed over', () => {
  expect(readEnvironment('A=1;B=2,C=3 x D=4').passedOver).toEqual([';', 'x']);
});
