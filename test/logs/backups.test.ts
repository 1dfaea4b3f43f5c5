// Are full logs numbered, compressed and limited, and is no line lost on the way?

import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '../kernel/manual-clock.ts';
import { until } from '../until.ts';
import { makeFolder, makeLogs, read } from './sandbox.ts';

const bytes = (text: string): Buffer => Buffer.from(text);
const unpacked = (path: string): string => gunzipSync(readFileSync(path)).toString();

describe('a log with a period', () => {
  test('begins a new file with the first words of the next one', () => {
    const clock = new ManualClock(0, new Date(2026, 4, 6, 23, 59, 59).getTime());
    const path = join(makeFolder(), 'log');
    const log = makeLogs(clock).logs.open({ path, maxBytes: 0, backups: 3, every: 'day' });
    log.write(bytes('yesterday\n'));
    clock.advance(2000);
    log.write(bytes('today\n'));
    log.write(bytes('still today\n'));
    log.close();
    expect([read(`${path}.1`), read(path)]).toEqual(['yesterday\n', 'today\nstill today\n']);
  });

  test('that was quiet over several periods has no empty files', () => {
    const clock = new ManualClock(0, new Date(2026, 4, 6, 12).getTime());
    const folder = makeFolder();
    const path = join(folder, 'log');
    const log = makeLogs(clock).logs.open({ path, maxBytes: 0, backups: 3, every: 'hour' });
    clock.advance(10 * 3_600_000);
    log.write(bytes('a\n'));
    clock.advance(50 * 3_600_000);
    log.write(bytes('b\n'));
    log.close();
    expect(readdirSync(folder).toSorted()).toEqual(['log', 'log.1']);
  });

  test('knows after a restart that its last words are of an earlier one', () => {
    const folder = makeFolder();
    const path = join(folder, 'log');
    writeFileSync(path, 'before\n');
    const clock = new ManualClock(0, statSync(path).mtimeMs + 8 * 86_400_000);
    const log = makeLogs(clock).logs.open({ path, maxBytes: 0, backups: 3, every: 'week' });
    log.write(bytes('after\n'));
    log.close();
    expect([read(`${path}.1`), read(path)]).toEqual(['before\n', 'after\n']);
  });
});

describe('compression', () => {
  test('keeps every line, in order, through rotations that are faster than it', async () => {
    const folder = makeFolder();
    const path = join(folder, 'log');
    const log = makeLogs().logs.open({ path, maxBytes: 20_000, backups: 12, compress: true });
    let wanted = '';
    for (let number = 0; number < 20_000; number += 1) {
      const line = `line ${number}\n`;
      wanted += line;
      log.write(bytes(line));
      if (number % 2500 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    log.close();
    const all = (): string[] => readdirSync(folder).filter((name) => name !== 'log');
    await until(
      'all compressed',
      () => all().length > 5 && all().every((name) => /^log\.\d+\.gz$/.test(name)),
    );
    const count = all().length;
    const pieces = Array.from({ length: count }, (_, index) => unpacked(`${path}.${count - index}.gz`));
    expect([...pieces, read(path)].join('')).toBe(wanted);
  });

  test('keeps no more files than backups, and finishes what an earlier life left', async () => {
    const folder = makeFolder();
    const path = join(folder, 'log');
    writeFileSync(`${path}.1`, 'left plain\n');
    writeFileSync(`${path}.2.gz`, 'goes out\n');
    const log = makeLogs().logs.open({ path, maxBytes: 5, backups: 2, compress: true });
    log.write(bytes('newest\n'));
    log.close();
    await until('compressed', () => existsSync(`${path}.1.gz`) && existsSync(`${path}.2.gz`));
    await until('tidy', () => readdirSync(folder).length === 3);
    expect([unpacked(`${path}.1.gz`), unpacked(`${path}.2.gz`)]).toEqual(['newest\n', 'left plain\n']);
  });

  test('that cannot be done is said and leaves the file as it is', async () => {
    const folder = makeFolder();
    const path = join(folder, 'log');
    const { logs, heard } = makeLogs();
    const log = logs.open({ path, maxBytes: 5, backups: 2, compress: true });
    // A folder in its place cannot be written to.
    mkdirSync(`${path}.gz.part`);
    log.write(bytes('newest\n'));
    log.close();
    await until('a complaint', () => heard.length > 0);
    expect(heard[0]).toContain(`cannot compress the rotated files of log ${path}: `);
    expect(read(`${path}.1`)).toBe('newest\n');
  });
});

describe('a limit of the total', () => {
  test('deletes the oldest files, and counts the one that is written', () => {
    const folder = makeFolder();
    const path = join(folder, 'log');
    const log = makeLogs().logs.open({ path, maxBytes: 10, backups: 9, totalMax: 40 });
    for (let number = 10; number < 99; number += 1) log.write(bytes(`line ${number}..\n`));
    log.close();
    const sizes = readdirSync(folder).map((name) => statSync(join(folder, name)).size);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(40);
    expect(read(`${path}.1`)).toBe('line 98..\n');
  });

  test('turns over a file that has no other limit', () => {
    const folder = makeFolder();
    const path = join(folder, 'log');
    const log = makeLogs().logs.open({ path, maxBytes: 0, backups: 9, totalMax: 20 });
    for (let number = 0; number < 100; number += 1) log.write(bytes('0123456789'));
    log.close();
    const sizes = readdirSync(folder).map((name) => statSync(join(folder, name)).size);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(20);
  });
});
