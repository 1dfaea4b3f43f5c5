// Where in a log is something missing that died with a supervisor?

import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { failureOf } from './losses.ts';

const GAP =
  'tsvisor: the supervisor was killed here; what this program had written and nobody had read yet is lost';

const NEWLINE = 0x0a;

/** Null: empty, missing, or no regular file. */
const lastByte = (path: string): number | null => {
  let fd = -1;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    const status = fstatSync(fd);
    const byte = Buffer.alloc(1);
    if (!status.isFile() || status.size === 0) return null;
    readSync(fd, byte, 0, 1, status.size - 1);
    return byte.readUInt8();
  } catch (error) {
    failureOf(error); // Throws a bug on; what keeps a log from being read is said when it is written.
    return null;
  } finally {
    if (fd !== -1) closeSync(fd);
  }
};

/** The line that marks the place in the log at `path`, on a line of its own; null where nothing has been logged before. */
export const gapIn = (path: string): Buffer | null => {
  const last = lastByte(path);
  return last === null ? null : Buffer.from(`${last === NEWLINE ? '' : '\n'}${GAP}\n`);
};
