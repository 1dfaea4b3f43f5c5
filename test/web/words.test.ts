// Are few letters enough for people?

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lineOf } from '../../src/web/lines.ts';
import { escapeHtml, markup } from '../../src/web/markup.ts';
import { bytesWords, uptimeWords } from '../../src/web/words.ts';

test.each([
  [null, '–'],
  [0, '0B'],
  [999, '999B'],
  [1024, '1.00K'],
  [47_300_000, '45.1M'],
  [1_288_490_189, '1.20G'],
])('%s bytes are %s', (bytes, words) => {
  expect(bytesWords(bytes)).toBe(words);
});

test('any number of bytes takes six letters at most', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 49 }), (bytes) => {
      expect(bytesWords(bytes).length).toBeLessThanOrEqual(6);
    }),
  );
});

test.each([
  [5, '0:05'],
  [65, '1:05'],
  [3661, '1:01:01'],
  [200_000, '2d 7h'],
])('%i seconds are %s', (seconds, words) => {
  expect(uptimeWords(seconds)).toBe(words);
});

test('a line rises from zero to its largest value, and quiet noise stays at the ground', () => {
  const history = [0, 50, 100].map((cpu) => ({ memory: 0, cpu }));
  expect(lineOf(history, 'cpu')).toBe('anz');
  expect(lineOf(history, 'memory')).toBe('aaa');
  expect(lineOf([{ memory: 0, cpu: 0.1 }], 'cpu')).toBe('b');
  expect(lineOf([], 'cpu')).toBe('');
});

test('no text leaves the place that a template gives it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(escapeHtml(text)).not.toMatch(/[<>"']/);
      expect(markup`<b>${text}</b>`.html).toBe(`<b>${escapeHtml(text)}</b>`);
    }),
  );
});

test('markup in markup stays markup, nothing stays nothing', () => {
  expect(markup`<ul>${[1, 2].map((n) => markup`<li>${n}`)}${null}${false}</ul>`.html).toBe(
    '<ul><li>1<li>2</ul>',
  );
});
