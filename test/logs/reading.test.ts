// Are AUTO logs named, cleaned and read by supervisord's rules, and are colours found wherever a piece ends?

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AutoOwner, createAuto, deleteLogs, findOldAuto } from '../../src/logs/auto.ts';
import { Stripper } from '../../src/logs/strip.ts';
import { clearFile, readLog, tailLog } from '../../src/logs/tail.ts';
import { makeFifo, makeFolder, read } from './sandbox.ts';

describe('AUTO logs', () => {
  const owner = (directory: string, instance = '0badcafe'): AutoOwner => ({
    directory,
    identifier: 'supervisor',
    instance,
  });
  const make = (of: AutoOwner, process = 'app'): string => {
    const made = createAuto(of, { process, stream: 'stdout' });
    if (!('path' in made)) throw new Error(made.reason);
    return made.path;
  };

  test('are created empty and private, under supervisord’s form of name, each its own', () => {
    const folder = makeFolder();
    const paths = Array.from({ length: 50 }, () => make(owner(folder)));
    expect(new Set(paths).size).toBe(50);
    for (const path of paths) {
      expect(path.slice(folder.length)).toMatch(/^\/app-stdout---supervisor-[a-z0-9]{8}\.log$/);
      expect(statSync(path)).toMatchObject({ size: 0, mode: 0o100600 });
    }
  });

  test('name the refusal when they cannot be created', () => {
    const made = createAuto(owner('/nowhere'), { process: 'app', stream: 'stderr' });
    expect(made).toMatchObject({ code: 'ENOENT' });
  });

  test('stay in their directory whatever the process is called', () => {
    const folder = makeFolder();
    make(owner(folder), '../../app');
    expect(readdirSync(folder)).toEqual([expect.stringMatching(/^\.\._\.\._app-stdout/)]);
  });

  test('of earlier lives are deleted with their rotated files; all others stay', () => {
    const folder = makeFolder();
    const mine = make(owner(folder));
    writeFileSync(`${mine}.1`, '');
    writeFileSync(`${mine}.12`, '');
    const others = [make(owner(folder, 'feedbeef')), join(folder, 'app-stdout---other-0badabcd.log')];
    for (const name of ['notes.log', 'a---supervisor-0badabcd.txt', '---supervisor-0badabcd.log', `x.log`])
      others.push(join(folder, name));
    for (const path of others) writeFileSync(path, 'keep');
    const old = findOldAuto(owner(folder));
    expect(old).toHaveLength(3);
    expect(deleteLogs(old)).toEqual([]);
    expect(deleteLogs(old)).toEqual([]);
    expect(others.every((path) => existsSync(path))).toBe(true);
    expect(readdirSync(folder)).toHaveLength(others.length);
  });

  test('that cannot be deleted are named, and do not stop the cleaning', () => {
    const folder = makeFolder();
    mkdirSync(join(folder, 'a-stdout---supervisor-0badaaaa.log'));
    const mine = make(owner(folder));
    const refused = deleteLogs(findOldAuto(owner(folder)));
    expect(existsSync(mine)).toBe(false);
    expect(refused).toEqual([expect.stringMatching(/^cannot delete old log .*0badaaaa\.log: /)]);
    expect(findOldAuto(owner('/nowhere'))).toEqual([]);
  });
});

describe('reading a log', () => {
  const path = (text = '0123456789'): string => {
    const file = join(makeFolder(), 'log');
    writeFileSync(file, text);
    return file;
  };

  test.each([
    [-3, 0, '789'],
    [-100, 0, '0123456789'],
    [-3, 1, 'arguments'],
    [3, -1, 'arguments'],
    [4, 0, '456789'],
    [0, 0, '0123456789'],
    [4, 3, '456'],
    [8, 30, '89'],
    [30, 3, ''],
  ])('by readLog from %i, length %i, gives %j', (offset, length, expected) => {
    expect(readLog(path(), offset, length).toString()).toBe(expected);
  });

  test.each([
    { offset: 0, length: 4, text: '6789', overflow: true },
    { offset: 8, length: 4, text: '6789', overflow: false },
    { offset: 10, length: 4, text: '', overflow: false },
    { offset: 99, length: 4, text: '', overflow: false },
    { offset: 0, length: 0, text: '', overflow: true },
    { offset: 0, length: 99, text: '0123456789', overflow: false },
    { offset: 6, length: 4, text: '6789', overflow: false },
  ])('by tailLog from $offset, length $length, gives "$text" and overflow $overflow', (row) => {
    const tail = tailLog(path(), row.offset, row.length);
    if (typeof tail === 'string') throw new Error(tail);
    expect([tail.data.toString(), tail.size, tail.overflow]).toEqual([row.text, 10, row.overflow]);
  });

  test('that is missing, a directory or a pipe is refused by name and never waits', () => {
    const folder = makeFolder();
    expect(readLog(join(folder, 'none'), 0, 0)).toBe('missing');
    expect(tailLog(folder, 0, 10)).toBe('failed');
    expect(readLog(makeFifo(folder), 0, 0)).toBe('failed');
    expect(readLog('/dev/null', 0, 0)).toBe('failed');
  });

  test('answers with 16 MB at most, of a file of any size', () => {
    const file = path('');
    execFileSync('truncate', ['-s', '3G', file]);
    expect(readLog(file, 0, 0).length).toBe(16_777_216);
    const tail = tailLog(file, 0, 4_000_000_000);
    expect(tail).toMatchObject({ size: 3_221_225_472, overflow: false });
    expect(readLog(file, -5, 0).length).toBe(5);
  });
});

describe('clearFile', () => {
  test('empties a regular file and touches nothing else', () => {
    const folder = makeFolder();
    const file = join(folder, 'log');
    writeFileSync(file, 'text');
    const fifo = makeFifo(folder);
    expect(clearFile(file)).toBe('cleared');
    expect(read(file)).toBe('');
    expect(clearFile(fifo)).toBe('special');
    expect(clearFile('/dev/null')).toBe('special');
    expect(clearFile(join(folder, 'none'))).toBe('missing');
    expect(clearFile(folder)).toBe('failed');
    expect(readdirSync(folder).toSorted()).toEqual(['log', 'pipe']);
  });
});

describe('strip_ansi', () => {
  const ESC = '\u001b';
  const RULE = new RegExp(`${ESC}\\[[^HfABCDRsuJKhlpm]*(?:[HfABCDRsuJKhlpm]|$)`, 'gs');
  const strip = (pieces: readonly Uint8Array[]): string => {
    const stripper = new Stripper();
    return Buffer.concat([
      ...pieces.map((piece) => Buffer.from(stripper.strip(piece))),
      stripper.end(),
    ]).toString('latin1');
  };

  test.each([
    ['plain', 'plain'],
    ['\u001b[31mred\u001b[0m.', 'red.'],
    ['\u001b[2J\u001b[Hx', 'x'],
    ['\u001b]0;title\u0007x', '\u001b]0;title\u0007x'],
    ['a\u001b\u001b[1mb', 'a\u001bb'],
    ['end\u001b', 'end\u001b'],
    ['never ended \u001b[12;34', 'never ended '],
  ])('makes %j to %j', (input, output) => {
    expect(strip([Buffer.from(input)])).toBe(output);
  });

  test('gives the same text however it is cut, and the same as supervisord’s rule', () => {
    const part = fc.constantFrom('\u001b', '[', '\u001b[', '1', ';', 'm', 'H', 'q', 'text', '\n');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 40 }), fc.array(fc.nat(100)), (parts, cuts) => {
        const bytes = Buffer.from(parts.join(''));
        const places = [
          0,
          ...cuts.map((cut) => Math.min(cut, bytes.length)).toSorted((a, b) => a - b),
          bytes.length,
        ];
        const pieces = places.slice(1).map((end, index) => bytes.subarray(places[index], end));
        const rule = bytes.toString('latin1').replaceAll(RULE, '');
        expect(strip(pieces)).toBe(rule);
      }),
    );
  });
});
