// What are the last lines of a log file, and what is written to it from then on, across rotation and truncation?

import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';

const BLOCK_BYTES = 64 * 1024;
const LINE_BREAK = 10;

/** A line that has no end is not looked for beyond this. */
const MAX_TAIL_BYTES = 16 * 1024 * 1024;

const readAt = (fd: number, from: number, length: number): Buffer => {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, readSync(fd, bytes, 0, length, from));
};

/** Where the last `lines` lines begin; a line break at the very end ends a line and begins none. */
const tailStart = (fd: number, size: number, lines: number): number => {
  let found = 0;
  let end = size;
  while (end > 0 && size - end < MAX_TAIL_BYTES) {
    const begin = Math.max(0, end - BLOCK_BYTES);
    const block = readAt(fd, begin, end - begin);
    for (let at = block.length - 1; at >= 0; at -= 1) {
      if (block[at] !== LINE_BREAK || begin + at === size - 1) continue;
      found += 1;
      if (found === lines) return begin + at + 1;
    }
    end = begin;
  }
  return end;
};

interface Opened {
  readonly fd: number;
  readonly inode: number;
  offset: number;
}

/** Follows the path, not the file: a rotated file is read to its end, then the new one from its beginning. */
export class LogFile {
  readonly path: string;
  #opened: Opened | null = null;

  constructor(path: string) {
    this.path = path;
  }

  /** Opens the file and answers its last lines; a file that is not there yet has none. Throws what the file system refuses with. */
  tail(lines: number): Buffer {
    const opened = this.#open();
    if (opened === null) return Buffer.alloc(0);
    const { size } = fstatSync(opened.fd);
    opened.offset = lines === 0 ? size : tailStart(opened.fd, size, lines);
    return this.#rest(opened, size);
  }

  /** What has been written since; at most one block of it, empty when there is nothing. */
  next(): Buffer {
    const opened = this.#opened ?? this.#open();
    if (opened === null) return Buffer.alloc(0);
    const { size } = fstatSync(opened.fd);
    if (size < opened.offset) opened.offset = 0;
    if (size > opened.offset) return this.#rest(opened, Math.min(size, opened.offset + BLOCK_BYTES));
    if (this.#isReplaced(opened)) {
      this.close();
      return this.next();
    }
    return Buffer.alloc(0);
  }

  close(): void {
    if (this.#opened !== null) closeSync(this.#opened.fd);
    this.#opened = null;
  }

  #open(): Opened | null {
    if (statSync(this.path, { throwIfNoEntry: false })?.isFile() !== true) return null;
    const fd = openSync(this.path, 'r');
    this.#opened = { fd, inode: fstatSync(fd).ino, offset: 0 };
    return this.#opened;
  }

  #isReplaced({ inode }: Opened): boolean {
    const there = statSync(this.path, { throwIfNoEntry: false });
    return there !== undefined && there.isFile() && there.ino !== inode;
  }

  #rest(opened: Opened, end: number): Buffer {
    const bytes = readAt(opened.fd, opened.offset, end - opened.offset);
    opened.offset += bytes.length;
    return bytes;
  }
}
