// Do logs reach pipes, terminals and the supervisor's own output, without waiting for a reader?

import { closeSync, constants, openSync, readSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '../kernel/manual-clock.ts';
import { descriptorOf } from '../../src/logs/special.ts';
import { atEnd, makeFifo, makeFolder, makeLogs, read } from './sandbox.ts';

const openReader = (fifo: string): number => {
  const fd = openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK);
  atEnd(() => closeSync(fd));
  return fd;
};

const readSome = (fd: number, most = 1_000_000): string => {
  const buffer = Buffer.alloc(most);
  return buffer.toString('latin1', 0, readSync(fd, buffer));
};

describe('descriptorOf', () => {
  test.each([
    ['/dev/stdout', 1],
    ['/dev/stderr', 2],
    ['/dev/fd/7', 7],
    ['/proc/self/fd/12', 12],
    ['/dev/null', null],
    ['/dev/fd/x', null],
    ['/var/log/dev/stdout', null],
  ])('knows the number of %s', (path, number) => {
    expect(descriptorOf(path)).toBe(number);
  });
});

describe('a special file', () => {
  test('is never turned over, emptied or replaced, whatever sizes are asked for', () => {
    const folder = makeFolder();
    const fifo = makeFifo(folder);
    const reader = openReader(fifo);
    const { logs, heard } = makeLogs();
    const log = logs.open({ path: fifo, maxBytes: 3, backups: 2 });
    for (const text of ['one', 'two', 'three']) log.write(Buffer.from(text));
    expect(logs.at(fifo)?.clear()).toBe('special');
    expect(readSome(reader)).toBe('onetwothree');
    expect(statSync(fifo).isFIFO()).toBe(true);
    expect(heard).toEqual([]);
  });

  test('takes everything when it is /dev/null', () => {
    const { logs, heard } = makeLogs();
    const log = logs.open({ path: '/dev/null', maxBytes: 10, backups: 2 });
    expect(log.write(Buffer.alloc(1_000_000))).toBe(true);
    log.close();
    expect(heard).toEqual([]);
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  test('without a reader loses and counts, and works when a reader comes', () => {
    const fifo = makeFifo(makeFolder());
    const clock = new ManualClock();
    const { logs, heard } = makeLogs(clock);
    const log = logs.open({ path: fifo, maxBytes: 0, backups: 0 });
    log.write(Buffer.from('unheard'));
    expect(log.failure?.code).toBe('ENXIO');
    const reader = openReader(fifo);
    clock.advance(1000);
    log.write(Buffer.from('heard'));
    expect(readSome(reader)).toBe('heard');
    expect(heard.at(-1)).toBe(`log ${fifo} is written again: 7 bytes were lost`);
  });

  test('keeps what a slow reader did not take, gives it in order, and calls back', () => {
    const fifo = makeFifo(makeFolder());
    const reader = openReader(fifo);
    const clock = new ManualClock();
    const { logs, heard } = makeLogs(clock);
    const log = logs.open({ path: fifo, maxBytes: 0, backups: 0 });
    const filling = 'a'.repeat(65_536);
    expect(log.write(Buffer.from(filling))).toBe(true);
    expect(log.write(Buffer.from('b'.repeat(1000)))).toBe(false);
    expect(log.write(Buffer.from('c'.repeat(1000)))).toBe(false);
    let called = 0;
    log.ready(() => (called += 1));
    clock.advance(10);
    expect(called).toBe(0);
    expect(readSome(reader, 65_536)).toBe(filling);
    clock.advance(10);
    expect(called).toBe(1);
    expect(readSome(reader)).toBe(`${'b'.repeat(1000)}${'c'.repeat(1000)}`);
    expect(log.write(Buffer.from('d'))).toBe(true);
    expect(clock.armed).toBe(0);
    expect(heard).toEqual([]);
  });

  test('keeps no more than its bound of a writer who does not stop, and counts the rest', () => {
    const fifo = makeFifo(makeFolder());
    const reader = openReader(fifo);
    const clock = new ManualClock();
    const { logs, heard } = makeLogs(clock);
    const log = logs.open({ path: fifo, maxBytes: 0, backups: 0 });
    for (let n = 0; n < 10; n += 1) log.write(Buffer.alloc(65_536, n));
    expect(heard).toEqual([expect.stringContaining('its reader is too slow')]);
    for (let n = 0; n < 5; n += 1) {
      readSome(reader, 65_536);
      clock.advance(10);
    }
    log.close();
    expect(heard.at(-1)).toBe(`log ${fifo} is written again: ${5 * 65_536} bytes were lost`);
  });

  test('keeps a piece of every writer who stops, however many there are', () => {
    const fifo = makeFifo(makeFolder());
    const reader = openReader(fifo);
    const clock = new ManualClock();
    const { logs, heard } = makeLogs(clock);
    const all = Array.from({ length: 20 }, () => logs.open({ path: fifo, maxBytes: 0, backups: 0 }));
    for (const log of all) log.write(Buffer.alloc(65_536));
    let seen = 0;
    for (let n = 0; n < all.length; n += 1) {
      seen += readSome(reader, 65_536).length;
      clock.advance(10);
    }
    expect(seen).toBe(all.length * 65_536);
    expect(heard).toEqual([]);
    expect(all.map(({ lost }) => lost)).toEqual(all.map(() => 0));
    for (const log of all) log.close();
  });

  test('gives what is kept before the supervisor goes, as far as a second allows', () => {
    const fifo = makeFifo(makeFolder());
    const reader = openReader(fifo);
    const { logs } = makeLogs();
    const log = logs.open({ path: fifo, maxBytes: 0, backups: 0 });
    log.write(Buffer.alloc(65_536));
    log.write(Buffer.from('the end'));
    const before = performance.now();
    void logs.flush();
    expect(performance.now() - before).toBeGreaterThanOrEqual(990);
    readSome(reader);
    void logs.flush();
    expect(readSome(reader)).toBe('the end');
  });

  test('appends to a regular file behind a descriptor where the descriptor stands', () => {
    const path = join(makeFolder(), 'out');
    writeFileSync(path, '');
    const fd = openSync(path, 'w');
    atEnd(() => closeSync(fd));
    const { logs } = makeLogs();
    const log = logs.open({ path: `/dev/fd/${fd}`, maxBytes: 2, backups: 1 });
    log.write(Buffer.from('one '));
    writeFileSync(fd, 'two ');
    log.write(Buffer.from('three'));
    log.close();
    writeFileSync(fd, '!');
    expect(read(path)).toBe('one two three!');
  });

  test('says so when the descriptor is closed', () => {
    const { logs, heard } = makeLogs();
    logs.open({ path: '/dev/fd/999', maxBytes: 0, backups: 0 });
    expect(heard).toEqual([expect.stringContaining('bad file descriptor (EBADF)')]);
  });

  test('leaves the blocking mode of a pipe it shares alone', () => {
    const fifo = makeFifo(makeFolder());
    const reader = openReader(fifo);
    const writer = openSync(fifo, 'w');
    atEnd(() => closeSync(writer));
    const flags = (): string => /flags:\s+(\d+)/.exec(read(`/proc/self/fdinfo/${writer}`))?.[1] ?? '';
    const before = flags();
    const { logs } = makeLogs();
    const log = logs.open({ path: `/dev/fd/${writer}`, maxBytes: 0, backups: 0 });
    log.write(Buffer.from('x'));
    expect(readSome(reader)).toBe('x');
    expect(flags()).toBe(before);
    expect(Number.parseInt(before, 8) & constants.O_NONBLOCK).toBe(0);
  });
});
