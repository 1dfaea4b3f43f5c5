// Does systemd read back the words that were meant?

import fc from 'fast-check';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commandLine, unitText, word } from '../../src/export/unit-text.ts';
import { complaintsAbout, noAnalyzer } from './analyze.ts';

const UNESCAPED: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

/** The words of a line by systemd.syntax(7): double quotes, C escapes within, `%%`, and in commands `$$`. */
const wordsOf = (line: string, dollars: boolean): readonly string[] =>
  [...line.matchAll(/"((?:\\x..|\\.|[^"\\])*)"|([^\s"]+)/g)].map(([, inner, plain], index) => {
    const text = (inner ?? plain ?? '')
      .replaceAll(/\\(?:x(..)|(.))/g, (_, hex: string | undefined, char: string) =>
        hex === undefined ? (UNESCAPED[char] ?? char) : String.fromCodePoint(Number.parseInt(hex, 16)),
      )
      .replaceAll('%%', '%');
    return dollars && index > 0 ? text.replaceAll('$$', '$') : text;
  });

const text = fc.string({ unit: 'grapheme' }).filter((one) => !one.includes('\0'));

describe('a word of a unit', () => {
  test('is read back as it was, whatever is in it', () => {
    fc.assert(
      fc.property(
        fc.array(
          text.filter((one) => one !== ''),
          { minLength: 1 },
        ),
        (words) => {
          expect(wordsOf(commandLine(['/bin/x', ...words]), true)).toEqual(['/bin/x', ...words]);
          expect(wordsOf(words.map(word).join(' '), false)).toEqual(words);
        },
      ),
    );
  });

  test.each([
    ['--plain=1,2', '--plain=1,2'],
    ['50%', '"50%%"'],
    ['$HOME', '"$$HOME"'],
    [';', '";"'],
    ['', '""'],
    ['a "b"\n', String.raw`"a \"b\"\n"`],
  ])('%j is written %s', (words, written) => {
    expect(commandLine(['/bin/x', words])).toBe(`/bin/x ${written}`);
  });

  test('never makes a second line, and a comment neither', () => {
    const lines = unitText([
      { name: 'Service', lines: ['a\nExecStart=/bin/evil', ['Description', 'b\nUser=root']] },
    ]);
    expect(lines).toBe('[Service]\n# a ExecStart=/bin/evil\nDescription=b User=root\n');
  });
});

describe.skipIf(noAnalyzer)('in the eyes of systemd (needs systemd-analyze)', () => {
  test('a file with blanks, dollars and percents in its name is the one that is meant', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tsvisor-words-'));
    try {
      const place = join(folder, 'a folder with %n, and $HOME');
      mkdirSync(place);
      const file = join(place, 'program');
      writeFileSync(file, '#!/bin/sh\n');
      const unit = (path: string): string =>
        unitText([{ name: 'Service', lines: [['ExecStart', commandLine([path, `$x %i "`])]] }]);
      const complain = (path: string): string =>
        complaintsAbout([{ name: 'odd.service', text: unit(path) }]).join('\n');
      expect(complain(file)).toContain('not executable');
      chmodSync(file, 0o755);
      expect(complain(file)).toBe('');
      expect(complain(`${file}x`)).toContain('No such file');
      expect(complain(`/it's "odd"`)).toBe('');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
