// What is in a config file? Read with bounds, so that no file can stop or fill the supervisor.

import { isUtf8 } from 'node:buffer';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import type { Refusal } from './refusal.ts';
import { refuse } from './refusal.ts';

/** Bytes and lines of one file at most. */
const MAX_BYTES = 4 * 1024 * 1024;
const MAX_LINES = 100_000;

const REASONS: Readonly<Record<string, readonly [string, string]>> = {
  ENOENT: ['it does not exist', 'name another with -c FILE'],
  ENOTDIR: ['it does not exist', 'name another with -c FILE'],
  EACCES: ['permission denied', 'make it readable for the user that reads it'],
  EISDIR: ['it is a directory', 'name a file in it'],
  ELOOP: ['too many symbolic links', 'look where it points to with `ls -l`'],
};

const reasonOf = (error: unknown): Refusal => {
  const code =
    error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
  const [reason, hint] = REASONS[code] ?? [code, ''];
  return refuse(reason, hint);
};

const readAll = (descriptor: number, size: number): Buffer => {
  // One byte more than it says, to see whether it grew; files of /proc say 0.
  const buffer = Buffer.allocUnsafe(size === 0 ? MAX_BYTES + 1 : size + 1);
  let filled = 0;
  let count = -1;
  // A file that has what it says needs no second read to see its end.
  const whole = size === 0 ? -2 : size;
  while (count !== 0 && count !== whole && filled < buffer.length) {
    count = readSync(descriptor, buffer, filled, buffer.length - filled, null);
    filled += count;
  }
  return buffer.subarray(0, filled);
};

const lineCount = (bytes: Buffer): number => {
  let lines = 1;
  for (const byte of bytes) if (byte === 0x0a || byte === 0x0d) lines += 1;
  return lines;
};

const textOf = (bytes: Buffer): string | Refusal => {
  if (bytes.length > MAX_BYTES) return refuse('it is larger than 4 MiB', 'split it with [include]');
  if (!isUtf8(bytes)) return refuse('it is not UTF-8', 'convert it, e.g. `iconv -f latin1 -t utf8`');
  if (bytes.includes(0)) return refuse('it has a NUL byte in it', 'is it a text file?');
  if (bytes.length > MAX_LINES && lineCount(bytes) > MAX_LINES)
    return refuse(`it has more than ${MAX_LINES} lines`, 'split it with [include]');
  return bytes.toString('utf8').replace(/^\uFEFF/, '');
};

/** The text of a regular file, or why there is none. Never blocks: a FIFO is refused, not waited for. */
export const readText = (path: string): string | Refusal => {
  if (path.includes('\0')) return refuse('its name has a NUL byte in it');
  let descriptor = -1;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stat = fstatSync(descriptor);
    if (stat.isDirectory()) return refuse('it is a directory', 'name a file in it');
    if (!stat.isFile())
      return refuse('it is not a regular file', 'a config is read again on every reload: write it to a file');
    if (stat.size > MAX_BYTES) return refuse('it is larger than 4 MiB', 'split it with [include]');
    return textOf(readAll(descriptor, stat.size));
  } catch (error) {
    return reasonOf(error);
  } finally {
    if (descriptor !== -1) closeSync(descriptor);
  }
};
