// Do log files grow, turn over, fail and recover as supervisord's users expect, and better where it hurt?

import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '../kernel/manual-clock.ts';
import { until } from '../until.ts';
import { Logs } from '../../src/logs/logs.ts';
import { atEnd, makeFolder, makeLogs, read } from './sandbox.ts';

/** Files of a folder, deleted ones among them, that this process has open. */
const openFilesIn = (folder: string): readonly string[] =>
  readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith(`${folder}/`);
    } catch {
      // Closed since it was listed.
      return false;
    }
  });

const canMount = (): boolean => {
  const folder = mkdtempSync(join(tmpdir(), 'tsvisor-mount-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', 'none', folder]).status === 0;
  if (mounted) execFileSync('umount', [folder]);
  rmSync(folder, { recursive: true });
  return mounted;
};

const CAN_MOUNT = canMount();

const bytes = (text: string): Buffer => Buffer.from(text);

describe('a rotating file', () => {
  test('is turned over after the write that fills it, so it may exceed its size by one write', () => {
    const path = join(makeFolder(), 'log');
    const log = makeLogs().logs.open({ path, maxBytes: 300, backups: 2 });
    log.write(bytes('a'.repeat(290)));
    expect(existsSync(`${path}.1`)).toBe(false);
    log.write(bytes('b'.repeat(29)));
    expect(statSync(`${path}.1`).size).toBe(319);
    expect(read(path)).toBe('');
  });

  test('keeps as many old files as asked, the newest as .1, and leaves higher numbers alone', () => {
    const path = join(makeFolder(), 'log');
    writeFileSync(`${path}.9`, 'of old times');
    const log = makeLogs().logs.open({ path, maxBytes: 3, backups: 2 });
    for (const text of ['one', 'two', 'three', 'x']) log.write(bytes(text));
    expect(read(path)).toBe('x');
    expect(read(`${path}.1`)).toBe('three');
    expect(read(`${path}.2`)).toBe('two');
    expect(existsSync(`${path}.3`)).toBe(false);
    expect(read(`${path}.9`)).toBe('of old times');
  });

  test('is truncated when no old files are to be kept', () => {
    const folder = makeFolder();
    const path = join(folder, 'log');
    const log = makeLogs().logs.open({ path, maxBytes: 3, backups: 0 });
    log.write(bytes('four'));
    log.write(bytes('5'));
    expect(read(path)).toBe('5');
    expect(readdirSync(folder)).toEqual(['log']);
  });

  test('never turns over with size 0', () => {
    const folder = makeFolder();
    const log = makeLogs().logs.open({ path: join(folder, 'log'), maxBytes: 0, backups: 3 });
    log.write(Buffer.alloc(1_000_000));
    expect(readdirSync(folder)).toEqual(['log']);
  });

  test('appends to what is there and counts it', () => {
    const path = join(makeFolder(), 'log');
    writeFileSync(path, '12345678');
    const log = makeLogs().logs.open({ path, maxBytes: 10, backups: 1 });
    log.write(bytes('9'));
    expect(read(path)).toBe('123456789');
    log.write(bytes('0'));
    expect(read(`${path}.1`)).toBe('1234567890');
  });

  test('is not turned over too early after somebody else truncated it', () => {
    const path = join(makeFolder(), 'log');
    const log = makeLogs().logs.open({ path, maxBytes: 10, backups: 1 });
    log.write(bytes('123456789'));
    truncateSync(path);
    log.write(bytes('abc'));
    expect(read(path)).toBe('abc');
    expect(existsSync(`${path}.1`)).toBe(false);
  });

  test('holds the end of all that was written, in order, whatever the sizes', () => {
    const one = fc.array(fc.string({ maxLength: 40 }), { maxLength: 60 });
    fc.assert(
      fc.property(
        one,
        fc.integer({ min: 1, max: 100 }),
        fc.integer({ min: 1, max: 4 }),
        (texts, maxBytes, backups) => {
          const folder = makeFolder();
          const path = join(folder, 'log');
          const log = makeLogs().logs.open({ path, maxBytes, backups });
          for (const text of texts) log.write(bytes(text));
          log.close();
          const names = [
            ...Array.from({ length: backups }, (_, index) => `${path}.${backups - index}`),
            path,
          ];
          const kept = Buffer.concat(
            names.filter((name) => existsSync(name)).map((name) => readFileSync(name)),
          );
          const all = bytes(texts.join(''));
          expect(all.subarray(all.length - kept.length).equals(kept)).toBe(true);
          expect(kept.length).toBeGreaterThanOrEqual(Math.min(all.length, maxBytes * backups));
          rmSync(folder, { recursive: true });
        },
      ),
      { numRuns: 60 },
    );
  });

  test('goes on by its name after a reopen, when somebody renamed it', () => {
    const path = join(makeFolder(), 'log');
    const { logs } = makeLogs();
    const log = logs.open({ path, maxBytes: 0, backups: 0 });
    log.write(bytes('old'));
    renameSync(path, `${path}.moved`);
    log.write(bytes(' still old'));
    logs.reopen();
    log.write(bytes('new'));
    expect(read(`${path}.moved`)).toBe('old still old');
    expect(read(path)).toBe('new');
  });

  test('is emptied while it is open, and goes on', () => {
    const path = join(makeFolder(), 'log');
    const { logs } = makeLogs();
    const log = logs.open({ path, maxBytes: 10, backups: 1 });
    log.write(bytes('12345678'));
    expect(logs.at(path)?.clear()).toBe('cleared');
    log.write(bytes('abcd'));
    expect(read(path)).toBe('abcd');
    expect(existsSync(`${path}.1`)).toBe(false);
  });

  test('is made anew by a clear when it was deleted, and leaves what was moved away alone', () => {
    const path = join(makeFolder(), 'log');
    const { logs } = makeLogs();
    const log = logs.open({ path, maxBytes: 100, backups: 1 });
    log.write(bytes('before'));
    renameSync(path, `${path}.moved`);
    expect(logs.at(path)?.clear()).toBe('cleared');
    log.write(bytes('after'));
    expect(read(`${path}.moved`)).toBe('before');
    expect(read(path)).toBe('after');
  });

  test('is shared by two processes without losing a line of either', () => {
    const path = join(makeFolder(), 'log');
    const { logs } = makeLogs();
    const one = logs.open({ path, maxBytes: 8, backups: 9 });
    const two = logs.open({ path, maxBytes: 8, backups: 9 });
    for (let n = 1; n <= 8; n += 1) (n % 2 === 0 ? one : two).write(bytes(`line ${n}\n`));
    one.close();
    one.close();
    two.write(bytes('line 9\n'));
    const names = [4, 3, 2, 1].map((index) => `${path}.${index}`);
    expect([...names, path].map((name) => read(name)).join('')).toBe(
      Array.from({ length: 9 }, (_, index) => `line ${index + 1}\n`).join(''),
    );
    two.close();
    expect(logs.at(path)).toBeNull();
  });

  test('gets the mode that was asked for', () => {
    const path = join(makeFolder(), 'log');
    makeLogs().logs.open({ path, maxBytes: 0, backups: 0, mode: 0o600 });
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });
});

describe('a log that cannot be written', () => {
  const failing = (): { folder: string; path: string; clock: ManualClock; heard: string[]; logs: Logs } => {
    const folder = join(makeFolder(), 'gone');
    mkdirSync(folder);
    const clock = new ManualClock();
    const { logs, heard } = makeLogs(clock);
    return { folder, path: join(folder, 'log'), clock, heard, logs };
  };

  test('is said once, retried at most once a second, and said again with the loss when it is back', () => {
    const { folder, path, clock, heard, logs } = failing();
    const log = logs.open({ path, maxBytes: 4, backups: 1 });
    rmSync(folder, { recursive: true });
    log.write(bytes('fills'));
    expect(log.failure?.code).toBe('ENOENT');
    expect(heard).toEqual([
      `cannot write log ${path}: no such file or directory (ENOENT); output is lost and counted until it can be written again: make its directory`,
    ]);
    log.write(bytes('123'));
    mkdirSync(folder);
    clock.advance(999);
    log.write(bytes('45'));
    expect(existsSync(path)).toBe(false);
    clock.advance(1);
    log.write(bytes('ok'));
    expect(read(path)).toBe('ok');
    expect(log.failure).toBeNull();
    expect(heard.slice(1)).toEqual([`log ${path} is written again: 5 bytes were lost`]);
  });

  test('is opened later when its directory comes later', () => {
    const { folder, path, clock, heard, logs } = failing();
    rmSync(folder, { recursive: true });
    const log = logs.open({ path, maxBytes: 0, backups: 0 });
    expect(log.failure?.code).toBe('ENOENT');
    clock.advance(1000);
    log.write(bytes('lost'));
    mkdirSync(folder);
    clock.advance(1000);
    log.write(bytes('kept'));
    expect(read(path)).toBe('kept');
    expect(heard).toHaveLength(2);
  });

  test('tells the loss also when it is closed before it is back', () => {
    const { folder, path, heard, logs } = failing();
    rmSync(folder, { recursive: true });
    const log = logs.open({ path, maxBytes: 0, backups: 0 });
    log.write(bytes('lost'));
    log.close();
    expect(heard.at(-1)).toBe(`log ${path} is closed: 4 bytes were lost`);
  });

  test('does not stop the writer when the disk is full', () => {
    const clock = new ManualClock();
    const { logs, heard } = makeLogs(clock);
    const log = logs.open({ path: '/dev/full', maxBytes: 100, backups: 1 });
    for (let n = 0; n < 5; n += 1) {
      expect(log.write(bytes('0123456789'))).toBe(true);
      clock.advance(600);
    }
    log.close();
    expect(heard).toEqual([
      expect.stringContaining('cannot write log /dev/full: no space left on device (ENOSPC)'),
      'log /dev/full is closed: 50 bytes were lost',
    ]);
  });

  test.skipIf(!CAN_MOUNT)('loses only what a full disk did not take (needs the right to mount)', () => {
    const folder = makeFolder();
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', folder]);
    atEnd(() => execFileSync('umount', [folder]));
    const clock = new ManualClock();
    const { logs, heard } = makeLogs(clock);
    const ballast = join(folder, 'ballast');
    writeFileSync(ballast, Buffer.alloc(32_768));
    const path = join(folder, 'log');
    const log = logs.open({ path, maxBytes: 0, backups: 0 });
    log.write(Buffer.alloc(50_000, 'a'));
    expect(log.failure?.code).toBe('ENOSPC');
    const kept = statSync(path).size;
    rmSync(ballast);
    clock.advance(1000);
    log.write(bytes('b'));
    expect(statSync(path).size).toBe(kept + 1);
    expect(heard).toEqual([
      expect.stringContaining('no space left on device (ENOSPC)'),
      `log ${path} is written again: ${50_000 - kept} bytes were lost`,
    ]);
    log.close();
  });

  test('grows on when it cannot be renamed, and is turned over when it can', () => {
    const { folder, path, clock, heard, logs } = failing();
    const log = logs.open({ path, maxBytes: 4, backups: 1 });
    mkdirSync(`${path}.1`);
    log.write(bytes('12345'));
    log.write(bytes('678'));
    expect(read(path)).toBe('12345678');
    expect(heard).toEqual([
      `cannot rotate log ${path}: illegal operation on a directory (EISDIR); it grows until its directory can be written`,
    ]);
    rmSync(`${path}.1`, { recursive: true });
    clock.advance(1000);
    log.write(bytes('9'));
    expect(read(`${path}.1`)).toBe('123456789');
    expect(readdirSync(folder).toSorted()).toEqual(['log', 'log.1']);
  });

  test('is told to whoever listens later', () => {
    const logs = new Logs(new ManualClock());
    logs.open({ path: '/nowhere/log', maxBytes: 0, backups: 0 });
    const heard: string[] = [];
    logs.onTrouble((text) => heard.push(text));
    expect(heard).toEqual([expect.stringContaining('cannot write log /nowhere/log')]);
  });

  test('names a directory for what it is', () => {
    const folder = makeFolder();
    const { logs, heard } = makeLogs();
    expect(logs.open({ path: folder, maxBytes: 0, backups: 0 }).failure?.code).toBe('EISDIR');
    expect(heard[0]).toContain('it is a directory; name a file');
  });

  test('leaves no descriptor behind', async () => {
    const { logs } = makeLogs();
    const folder = makeFolder();
    const path = join(folder, 'log');
    const held = (): number => openFilesIn(folder).length;
    const log = logs.open({ path, maxBytes: 1, backups: 1 });
    expect(held()).toBe(1);
    for (let n = 0; n < 20; n += 1) log.write(bytes('turn over'));
    logs.reopen();
    log.close();
    // The thread pool closes the oldest ones.
    await until('every descriptor closed', () => held() === 0);
  });
});
