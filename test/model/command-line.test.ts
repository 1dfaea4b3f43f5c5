// Is a command split into the words that Python's shlex finds?

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { splitCommand } from '../../src/model/command-line.ts';

describe('splitting a command', () => {
  test.each([
    ['a b  c', ['a', 'b', 'c']],
    ['  a\tb\r\nc ', ['a', 'b', 'c']],
    ["sh -c 'a b'", ['sh', '-c', 'a b']],
    ['sh -c "a \\"b\\" \\\\ \\n $X"', ['sh', '-c', 'a "b" \\ \\n $X']],
    ["'a\\b'", ['a\\b']],
    ['a\\ b', ['a b']],
    ['a\\\nb', ['a\nb']],
    ['a"b"\'c\'d', ['abcd']],
    ["a '' b", ['a', '', 'b']],
    ['a #b $HOME ~ *', ['a', '#b', '$HOME', '~', '*']],
    ['', []],
    [' \n ', []],
  ])('%j gives the words a POSIX shell would see', (text, words) => {
    expect(splitCommand(text)).toMatchObject({ words });
  });

  test.each(["a 'b", 'a "b', 'a "b\\"', `"'`])('%j has no closing quotation', (text) => {
    expect(splitCommand(text)).toEqual({ refused: 'No closing quotation' });
  });

  test('a last backslash has nothing to escape', () => {
    expect(splitCommand('a\\')).toEqual({ refused: 'No escaped character' });
  });

  test('words that were quoted come back as they were', () => {
    const quote = fc.constantFrom(
      (word: string) => `'${word.replaceAll("'", `'\\''`)}'`,
      (word: string) => `"${word.replaceAll(/["\\]/g, '\\$&')}"`,
      (word: string) => (word === '' ? "''" : word.replaceAll(/[^]/g, '\\$&')),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), quote)), (words) => {
        const text = words.map(([word, quoted]) => quoted(word)).join(' ');
        expect(splitCommand(text)).toMatchObject({ words: words.map(([word]) => word) });
      }),
    );
  });
});

test('any text splits into words with their places, or is refused', () => {
  const text = fc
    .array(fc.constantFrom(...Array.from('a "\'\\\n$')), { maxLength: 200 })
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, (line) => {
      const split = splitCommand(line);
      if (split.refused === undefined) expect(split.words).toHaveLength(split.starts.length);
      else expect(split.refused).toMatch(/^No /);
    }),
    { numRuns: 2000 },
  );
});
