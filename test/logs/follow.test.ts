// Does a live stream of a log miss nothing over rotations, truncations and slow readers?

import {
  appendFileSync,
  mkdtempSync,
  renameSync,
  rmSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { followLog } from '../../src/logs/follow.ts';
import { createClock } from '../../src/kernel/clock.ts';

interface Stream {
  readonly path: string;
  /** Reads on until what was read ends with `end`; the rest of the test's time is the deadline. */
  until(end: string): Promise<string>;
  /** The next piece. */
  next(): Promise<string>;
  readonly abort: AbortController;
}

const openStream = (text: string): Stream => {
  const folder = mkdtempSync(join(tmpdir(), 'tsvisor-follow-'));
  const path = join(folder, 'log');
  writeFileSync(path, text);
  const abort = new AbortController();
  onTestFinished(() => {
    abort.abort();
    rmSync(folder, { recursive: true });
  });
  const pieces = followLog(path, { clock: createClock(), signal: abort.signal });
  const next = async (): Promise<string> => {
    const { value } = await pieces.next();
    return value === undefined ? '' : Buffer.from(value).toString();
  };
  const until = async (end: string): Promise<string> => {
    let read = '';
    while (!read.endsWith(end)) read += await next();
    return read;
  };
  return { path, until, next, abort };
};

test('begins with the last 1024 bytes and goes on with what is written', async () => {
  const stream = openStream(`${'x'.repeat(2000)}end\n`);
  expect(await stream.until('end\n')).toBe(`${'x'.repeat(1020)}end\n`);
  appendFileSync(stream.path, 'more\n');
  expect(await stream.until('more\n')).toBe('more\n');
});

test('says nothing of an empty log until something is written', async () => {
  const stream = openStream('');
  const first = stream.next();
  appendFileSync(stream.path, 'a');
  expect(await first).toBe('a');
});

test('reads a rotated file to its end before the new one', async () => {
  const stream = openStream('old\n');
  await stream.until('old\n');
  appendFileSync(stream.path, 'last words\n');
  renameSync(stream.path, `${stream.path}.1`);
  appendFileSync(`${stream.path}.1`, 'very last words\n');
  writeFileSync(stream.path, 'new\n');
  expect(await stream.until('new\n')).toBe('last words\nvery last words\nnew\n');
});

test('waits for a removed file to come back', async () => {
  const stream = openStream('old\n');
  await stream.until('old\n');
  unlinkSync(stream.path);
  const next = stream.next();
  writeFileSync(stream.path, 'new\n');
  expect(await next).toBe('new\n');
});

test('tells of a truncation and begins anew', async () => {
  const stream = openStream('old and long\n');
  await stream.until('long\n');
  truncateSync(stream.path);
  appendFileSync(stream.path, 'new\n');
  expect(await stream.until('new\n')).toBe('==> File truncated <==\nnew\n');
});

test('passes over what a slow reader is too far behind for, and says how much', async () => {
  const stream = openStream('begin\n');
  await stream.until('begin\n');
  appendFileSync(stream.path, `${'x'.repeat(9_000_000)}end\n`);
  const read = await stream.until('end\n');
  expect(read).toMatch(/^==> 8998980 bytes skipped: [^\n]* <==\nx{1020}end\n$/);
});

test('holds one piece at a time, however much there is', async () => {
  const stream = openStream('begin');
  await stream.until('begin');
  appendFileSync(stream.path, 'x'.repeat(1_000_000));
  expect((await stream.next()).length).toBe(65_536);
});

test('ends with its signal, also while it waits', async () => {
  const stream = openStream('');
  const next = stream.next();
  stream.abort.abort();
  expect(await next).toBe('');
});
