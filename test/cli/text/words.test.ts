// Are numbers said in few and right letters?

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { memoryWords, momentWords, uptimeWords, wrap } from '../../../src/cli/text/words.ts';

describe('words', () => {
  test.each([
    [0, '0:00:00'],
    [5, '0:00:05'],
    [62.9, '0:01:02'],
    [3725, '1:02:05'],
    [86_399, '23:59:59'],
    [86_400, '1d 0:00'],
    [1_047_840, '12d 3:04'],
    [-3, '0:00:00'],
  ])('says an uptime of %d s as %s', (seconds, text) => {
    expect(uptimeWords(seconds)).toBe(text);
  });

  test.each([
    [0, '0B'],
    [812, '812B'],
    [1024, '1.0K'],
    [64_172_851, '61.2M'],
    [1_610_612_736, '1.5G'],
    [1023 * 1024, '1.0M'],
    [104_805_171, '99.9M'],
    [104_857_600, '100M'],
  ])('says %d bytes as %s', (bytes, text) => {
    expect(memoryWords(bytes)).toBe(text);
  });

  test('needs six letters at most for any memory there is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 50 }), (bytes) => {
        expect(memoryWords(bytes).length).toBeLessThanOrEqual(6);
      }),
    );
  });

  test('says the time of a moment of today, and the day of any other', () => {
    const now = new Date(2026, 10, 24, 15, 0).getTime();
    expect(momentWords(new Date(2026, 10, 24, 9, 5).getTime(), now)).toBe('09:05');
    expect(momentWords(new Date(2026, 10, 3, 9, 5).getTime(), now)).toBe('Nov 03');
  });

  test('wraps without losing a word, and to the width wherever words allow', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 }), (words) => {
        const lines = wrap(words.join(' '), 20);
        expect(lines.join(' ')).toBe(words.join(' '));
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(20);
      }),
    );
  });
});
