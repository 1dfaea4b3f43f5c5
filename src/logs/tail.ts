// What does a log file say, from where to where? supervisord's rules for reading logs, with a bound on the answer.

import { closeSync, constants, fstatSync, ftruncateSync, openSync, readSync } from 'node:fs';
import { failureOf } from './losses.ts';

/** Bytes that one answer holds at most; who asks for more gets the part nearest to where the reading starts. */
const MAX_BYTES = 16_777_216;

/** 'arguments': the numbers make no sense together; 'missing': there is no such file; 'failed': it cannot be read. */
export type ReadRefusal = 'arguments' | 'missing' | 'failed';

export interface Tail {
  readonly data: Buffer;
  /** Size of the file in bytes: the offset to ask for next time. */
  readonly size: number;
  /** True when more than `length` bytes had been written since `offset`. */
  readonly overflow: boolean;
}

interface Range {
  readonly start: number;
  readonly length: number;
}

interface Piece {
  readonly data: Buffer;
  readonly size: number;
}

const NOTHING: Range = { start: 0, length: 0 };

const fill = (fd: number, { start, length }: Range): Buffer => {
  const data = Buffer.allocUnsafe(length);
  let done = 0;
  for (let count = -1; done < length && count !== 0; done += count)
    count = readSync(fd, data, done, length - done, start + done);
  return data.subarray(0, done);
};

const readRange = (path: string, choose: (size: number) => Range): Piece | ReadRefusal => {
  let fd = -1;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    const status = fstatSync(fd);
    // A pipe or terminal has nothing that could be read twice.
    if (!status.isFile()) return 'failed';
    return { data: fill(fd, choose(status.size)), size: status.size };
  } catch (error) {
    return failureOf(error).code === 'ENOENT' ? 'missing' : 'failed';
  } finally {
    if (fd !== -1) closeSync(fd);
  }
};

/** The last `length` bytes, all when the file is shorter. */
const last = (size: number, length: number): Range => {
  const bounded = Math.min(length, size, MAX_BYTES);
  return { start: size - bounded, length: bounded };
};

const from = (size: number, offset: number, length: number): Range => {
  const start = Math.min(offset, size);
  return { start, length: Math.min(length, size - start, MAX_BYTES) };
};

/**
 * readLog: a negative offset with length 0 gives the last bytes; an offset with length 0 all from there; else `length` bytes from `offset`. Offsets and lengths in
 * bytes.
 */
export const readLog = (path: string, offset: number, length: number): Buffer | ReadRefusal => {
  if (offset < 0 ? length !== 0 : length < 0) return 'arguments';
  const piece = readRange(path, (size) => {
    if (offset < 0) return last(size, -offset);
    return from(size, offset, length === 0 ? size : length);
  });
  return typeof piece === 'string' ? piece : piece.data;
};

/** tailLog: the last `length` bytes when the file has grown past `offset`, else nothing; and where it ends now. */
export const tailLog = (path: string, offset: number, length: number): Tail | ReadRefusal => {
  const piece = readRange(path, (size) => (offset >= size || length <= 0 ? NOTHING : last(size, length)));
  if (typeof piece === 'string') return piece;
  return { ...piece, overflow: piece.size > offset + length };
};

/** Empties a log that nobody has open. Devices, pipes and terminals are left alone. */
export const clearFile = (path: string): 'cleared' | 'special' | Exclude<ReadRefusal, 'arguments'> => {
  let fd = -1;
  try {
    fd = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    if (!fstatSync(fd).isFile()) return 'special';
    ftruncateSync(fd);
    return 'cleared';
  } catch (error) {
    const { code } = failureOf(error);
    // ENXIO: a pipe without a reader.
    if (code === 'ENXIO') return 'special';
    return code === 'ENOENT' ? 'missing' : 'failed';
  } finally {
    if (fd !== -1) closeSync(fd);
  }
};
