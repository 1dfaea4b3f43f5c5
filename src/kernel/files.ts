// How is a small kernel file read and written without waste, and without an exception for what is expected?

import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import type { Refusal } from './port.ts';
import { errnoOf } from '../model/errors.ts';

const START = 64 * 1024;
/** An environment can be as large as the stack limit allows; what lies beyond is not looked at. */
const LIMIT = 4 * 1024 * 1024;

/** One buffer for all reads of this file: every read is finished before the next begins. */
let buffer = Buffer.allocUnsafeSlow(START);

const SHORTAGES = new Set(['EMFILE', 'ENFILE', 'ENOMEM']);

/** No descriptor or no memory was left for a read: it says nothing about what was to be read. */
export const isShortage = (error: unknown): boolean => SHORTAGES.has(errnoOf(error));

/** ESRCH and ENODEV: the file was opened, but what it spoke of has gone since. */
export const refusalOf = (error: unknown): Refusal => {
  const code = errnoOf(error);
  if (code === 'ESRCH' || code === 'ENODEV' || code === 'ENOENT') return 'gone';
  return code === 'EACCES' || code === 'EPERM' || code === 'EROFS' ? 'denied' : 'absent';
};

const fill = (file: number, position: number | null): number => {
  let size = 0;
  for (;;) {
    const got = readSync(
      file,
      buffer,
      size,
      buffer.length - size,
      position === null ? null : position + size,
    );
    size += got;
    if (got === 0 || size === LIMIT) return size;
    if (size < buffer.length) continue;
    const larger = Buffer.allocUnsafeSlow(buffer.length * 4);
    buffer.copy(larger);
    buffer = larger;
  }
};

/** The bytes of a file, in a buffer that the next read of this file overwrites; does not throw. */
export const readBytes = (path: string): Buffer | Refusal => {
  let file: number | null = null;
  try {
    file = openSync(path, 'r');
    // `fill` may exchange the buffer, so it comes first.
    const size = fill(file, null);
    return buffer.subarray(0, size);
  } catch (error) {
    return refusalOf(error);
  } finally {
    if (file !== null) closeSync(file);
    // A giant environment was seen once; its buffer is not kept.
    if (buffer.length > START) buffer = Buffer.allocUnsafeSlow(START);
  }
};

export const isRefusal = (value: unknown): value is Refusal =>
  value === 'gone' || value === 'denied' || value === 'absent';

/** A file's text, or null when it cannot be read. */
export const readText = (path: string): string | null => {
  const bytes = readBytes(path);
  return isRefusal(bytes) ? null : bytes.toString('utf8');
};

/** Writes without creating; null when the kernel took it, else the errno name. */
export const writeText = (path: string, text: string): string | null => {
  let file: number | null = null;
  try {
    file = openSync(path, constants.O_WRONLY);
    writeSync(file, text);
    return null;
  } catch (error) {
    return errnoOf(error);
  } finally {
    if (file !== null) closeSync(file);
  }
};

/** The number after a name in a file of `name number` lines, such as /proc/vmstat and memory.events. */
export const numberIn = (text: string, name: string): number | null => {
  const start = text.startsWith(`${name} `) ? 0 : text.indexOf(`\n${name} `) + 1;
  if (start === 0 && !text.startsWith(`${name} `)) return null;
  const value = Number.parseInt(text.slice(start + name.length + 1, start + name.length + 30), 10);
  return Number.isNaN(value) ? null : value;
};

/** A file that is read again and again from its start; opened at the first read and kept. Null: cannot be read. */
export const keepFile = (path: string): (() => string | null) => {
  let file: number | null = null;
  return () => {
    try {
      file ??= openSync(path, 'r');
      const size = fill(file, 0);
      return buffer.toString('latin1', 0, size);
    } catch (error) {
      if (file !== null && refusalOf(error) === 'gone') {
        closeSync(file);
        file = null;
      }
      return null;
    }
  };
};

const BLANK = 0x20;
const ZERO = 0x30;
/** Of 64 bits, and the end of the line. */
const MOST_DIGITS = 21;

/** Decimal digits from `at` on, behind blanks, up to what is none. */
const digitsAt = (at: number, end: number): number => {
  let [index, value] = [at, 0];
  while (index < end && buffer[index] === BLANK) index += 1;
  for (; index < end; index += 1) {
    const digit = (buffer[index] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  return value;
};

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= ZERO && byte <= ZERO + 9;

/** The number that is all of a small file, by three calls of the system. Null: cannot be read, or begins with no digit, as `max` does. */
export const readNumber = (path: string): number | null => {
  let file: number | null = null;
  try {
    file = openSync(path, 'r');
    const size = readSync(file, buffer, 0, MOST_DIGITS, null);
    return size > 0 && isDigit(buffer[0]) ? digitsAt(0, size) : null;
  } catch {
    // Gone, hidden or not ours: there is no number then.
    return null;
  } finally {
    if (file !== null) closeSync(file);
  }
};

/**
 * The number behind `name` at the begin of a line, in a file that is read once per second: nothing is allocated. `name` is with the colon where the file has
 * one; not for the first line. Null: cannot be read, or has no such line.
 */
export const keepNumber = (path: string, name: string): (() => number | null) => {
  const mark = Buffer.from(`\n${name}`);
  let file: number | null = null;
  return () => {
    try {
      file ??= openSync(path, 'r');
      let size = readSync(file, buffer, 0, buffer.length, 0);
      let at = buffer.indexOf(mark);
      // The kernel gives a page at a time; behind `size` may stand what another file had there.
      while (at === -1 || at + mark.length + MOST_DIGITS > size) {
        const got = readSync(file, buffer, size, buffer.length - size, size);
        if (got === 0) break;
        size += got;
        at = buffer.indexOf(mark);
      }
      return at === -1 || at + mark.length >= size ? null : digitsAt(at + mark.length, size);
    } catch {
      // Not there, not ours to read, or hidden: all the same to who counts.
      return null;
    }
  };
};
