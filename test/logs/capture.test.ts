// Does every byte that a program writes reach its log?

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  constants,
  openSync,
  readFileSync,
  readSync,
  readdirSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isCapture, openCapture } from '../../src/logs/capture.ts';
import { WIDE } from '../../src/logs/polling.ts';
import { DISCARD } from '../../src/logs/sink.ts';
import { guardianBinary, noCompiler } from '../guardian/binary.ts';
import { until } from '../until.ts';
import { atEnd, capture, clock, makeFifo, makeFolder, makeLogs, makeMemory } from './sandbox.ts';

const shell = (script: string): ChildProcess => {
  const child = spawn('/bin/sh', ['-c', script], { stdio: 'ignore', detached: true });
  atEnd(() => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch (error) {
      if (!(error instanceof Error) || !('code' in error) || error.code !== 'ESRCH') throw error;
    }
  });
  return child;
};

/** A Node program that writes `lines` numbered lines in writes of about `size` bytes. */
const WRITER = `
const { writeSync } = require('node:fs');
const [lines, size] = process.argv.slice(1).map(Number);
let text = '';
for (let n = 1; n <= lines; n += 1) {
  text += String(n).padStart(9, '0') + ' ' + 'x'.repeat(89) + '\\n';
  if (text.length >= size || n === lines) {
    const bytes = Buffer.from(text);
    for (let done = 0; done < bytes.length; ) done += writeSync(1, bytes, done);
    text = '';
  }
}`;

const writeLines = (fifo: string, lines: number, size: number): ChildProcess => {
  const fd = openSync(fifo, constants.O_RDWR);
  const child = spawn(process.execPath, ['-e', WRITER, String(lines), String(size)], {
    stdio: ['ignore', fd, 'inherit'],
  });
  closeSync(fd);
  atEnd(() => child.kill('SIGKILL'));
  return child;
};

/** Numbers of the lines in a text of such a program; fails at a torn line. */
const numbersIn = (text: string): number[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      if (!/^\d{9} x{89}$/.test(line)) throw new Error(`a torn line: ${JSON.stringify(line.slice(0, 120))}`);
      return Number(line.slice(0, 9));
    });

const oneTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

/** Writes until the pipe takes no more; bytes. */
const fill = (fifo: string): number => {
  const fd = openSync(fifo, constants.O_WRONLY | constants.O_NONBLOCK);
  const piece = Buffer.alloc(4096, 'x');
  let written = 0;
  try {
    for (;;) written += writeSync(fd, piece);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
    return written;
  } finally {
    closeSync(fd);
  }
};

describe('capture', () => {
  test('loses and tears no line of 100 MB, through rotations under load', { timeout: 60_000 }, async () => {
    const folder = makeFolder();
    const fifo = makeFifo(folder);
    const path = join(folder, 'out.log');
    const { logs, heard } = makeLogs();
    const sink = logs.open({ path, maxBytes: 10_000_000, backups: 20 });
    const captured = capture({ fifo, sink });
    const lines = 1_000_000;
    const child = writeLines(fifo, lines, 4000);
    const [code] = await once(child, 'exit');
    await captured.drain();
    expect(code).toBe(0);
    expect(captured.bytes).toBe(lines * 100);
    sink.close();
    const names = readdirSync(folder).filter((name) => name.startsWith('out.log.'));
    expect(names.length).toBeGreaterThanOrEqual(9);
    const files = names
      .toSorted((a, b) => Number(b.slice(8)) - Number(a.slice(8)))
      .concat('out.log')
      .map((name) => readFileSync(join(folder, name), 'latin1'));
    // A rotation falls between two reads, which may be within a line: only the whole is a text of lines.
    const numbers = numbersIn(files.join(''));
    expect(numbers).toHaveLength(lines);
    expect(numbers.every((number, index) => number === index + 1)).toBe(true);
    expect(heard).toEqual([]);
  });

  test('reads what was written before anybody could listen', async () => {
    const fifo = makeFifo(makeFolder());
    const sink = makeMemory();
    const captured = capture({ fifo, sink });
    writeFileSync(fifo, 'first words\n');
    await captured.drain();
    expect(sink.text()).toBe('first words\n');
  });

  test('keeps the last words of a leader whose grandchild holds the pipe', async () => {
    const fifo = makeFifo(makeFolder());
    const sink = makeMemory();
    const captured = capture({ fifo, sink });
    const child = shell(`exec >${fifo}; sleep 60 & echo 'last words'; exit 3`);
    const [code] = await once(child, 'exit');
    const before = performance.now();
    await captured.drain();
    expect(code).toBe(3);
    expect(sink.text()).toBe('last words\n');
    expect(performance.now() - before).toBeLessThan(500);
  });

  test('is done draining although somebody else writes as fast as it can', { timeout: 20_000 }, async () => {
    const fifo = makeFifo(makeFolder());
    const captured = capture({ fifo, sink: DISCARD });
    shell(`exec >${fifo}; exec yes`);
    await until('the flood is there', () => captured.bytes > 1_000_000);
    await captured.drain();
    captured.close();
    expect(captured.bytes).toBeGreaterThan(1_000_000);
  });

  test('captures one program after the other through the same pipe', async () => {
    const fifo = makeFifo(makeFolder());
    const sink = makeMemory();
    const captured = capture({ fifo, sink });
    for (const word of ['one', 'two', 'three']) {
      await once(shell(`echo ${word} >${fifo}`), 'exit');
      await captured.drain();
    }
    expect(sink.text()).toBe('one\ntwo\nthree\n');
  });

  test('writes nothing of one pipe into the log of another', async () => {
    const folder = makeFolder();
    const pipes = ['a', 'b', 'c', 'd'].map((name) => {
      const fifo = makeFifo(folder, name);
      const sink = makeMemory();
      return { name, fifo, sink, captured: capture({ fifo, sink }) };
    });
    const writers = pipes.map(({ name, fifo }) =>
      shell(`for i in 1 2 3 4 5 6 7 8 9; do echo ${name.repeat(5000)}; done >${fifo}`),
    );
    await Promise.all(writers.map(async (writer) => once(writer, 'exit')));
    await Promise.all(pipes.map(async ({ captured }) => captured.drain()));
    for (const { name, sink } of pipes) expect(sink.text()).toBe(`${name.repeat(5000)}\n`.repeat(9));
  });

  test('reads a pipe only as fast as its sink takes it, and loses nothing', { timeout: 30_000 }, async () => {
    const folder = makeFolder();
    const fifo = makeFifo(folder, 'in');
    const out = makeFifo(folder, 'out');
    const reader = openSync(out, constants.O_RDONLY | constants.O_NONBLOCK);
    atEnd(() => closeSync(reader));
    const { logs, heard } = makeLogs();
    const sink = logs.open({ path: out, maxBytes: 0, backups: 0 });
    const captured = capture({ fifo, sink });
    const child = writeLines(fifo, 20_000, 4000);
    const ended = once(child, 'exit');
    await until('the sink is full', () => captured.bytes > 65_536);
    const pieces: string[] = [];
    let length = 0;
    const buffer = Buffer.alloc(50_000);
    await until('all has come through', () => {
      let count = 0;
      try {
        count = readSync(reader, buffer);
      } catch (error) {
        if (!(error instanceof Error) || !('code' in error) || error.code !== 'EAGAIN') throw error;
      }
      pieces.push(buffer.toString('latin1', 0, count));
      length += count;
      return length === 2_000_000;
    });
    await ended;
    expect(numbersIn(pieces.join(''))).toEqual(oneTo(20_000));
    expect(heard).toEqual([]);
  });

  test(
    'stops a program that outruns a reader who sleeps, and drains in bounded time',
    { timeout: 20_000 },
    async () => {
      const folder = makeFolder();
      const fifo = makeFifo(folder, 'in');
      const out = makeFifo(folder, 'out');
      const reader = openSync(out, constants.O_RDONLY | constants.O_NONBLOCK);
      atEnd(() => closeSync(reader));
      const { logs, heard } = makeLogs();
      const captured = capture({ fifo, sink: logs.open({ path: out, maxBytes: 0, backups: 0 }) });
      shell(`exec >${fifo}; exec yes`);
      await until('the sink is full', () => captured.bytes > 65_536);
      const before = performance.now();
      await captured.drain();
      expect(performance.now() - before).toBeLessThan(5000);
      expect(captured.bytes).toBeLessThan(1_000_000);
      expect(heard).toEqual([]);
    },
  );

  test('removes colours also where they are cut by a read', async () => {
    const fifo = makeFifo(makeFolder());
    const sink = makeMemory();
    const captured = capture({ fifo, sink, strip: true });
    for (const piece of ['red \u001b', '[3', '1mword\u001b[0', 'm!\n', 'a lone \u001b']) {
      writeFileSync(fifo, piece);
      await captured.drain();
    }
    captured.close();
    expect(sink.text()).toBe('red word!\na lone \u001b');
  });

  test('names what is not a pipe, and what is missing', () => {
    const folder = makeFolder();
    const file = join(folder, 'file');
    writeFileSync(file, '');
    expect(openCapture({ fifo: file, sink: DISCARD, clock })).toMatchObject({ code: 'EINVAL' });
    const missing = openCapture({ fifo: join(folder, 'none'), sink: DISCARD, clock });
    expect(isCapture(missing)).toBe(false);
    expect(missing).toMatchObject({ code: 'ENOENT', reason: 'no such file or directory (ENOENT)' });
  });

  test('gives its descriptor back when closed', async () => {
    const fifo = makeFifo(makeFolder());
    const descriptors = (): number => readdirSync('/proc/self/fd').length;
    const before = descriptors();
    const captures = oneTo(20).map(() => capture({ fifo, sink: DISCARD }));
    expect(descriptors()).toBe(before + 20);
    for (const captured of captures) captured.close();
    await until('all descriptors are back', () => descriptors() === before);
  });

  test.skipIf(noCompiler)('gives others their turn between two large reads of one pipe', async () => {
    const fifo = makeFifo(makeFolder());
    const captured = capture({ fifo, sink: makeMemory() });
    captured.hold();
    execFileSync(guardianBinary(), ['widen', String(2 * WIDE), fifo]);
    const bytes = fill(fifo);
    expect(bytes).toBe(2 * WIDE);
    captured.start(null);
    const brought = [];
    for (let before = 0; before < bytes; before = captured.bytes) {
      await new Promise(setImmediate);
      if (captured.bytes > before) brought.push(captured.bytes - before);
    }
    expect(brought).toEqual([WIDE, WIDE]);
  });
});
