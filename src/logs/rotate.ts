// How does a regular log file grow, and what happens when it is full? supervisord's rules for names and sizes.

import { closeSync, constants, fstatSync, ftruncateSync, openSync, renameSync, writeSync } from 'node:fs';
import { type Losses, failureOf } from './losses.ts';
import type { Failure, LogFile } from './sink.ts';

const FLAGS = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOCTTY;

/** Milliseconds between two attempts to rotate a file that cannot be renamed. */
const REST = 1000;

export interface RotatingFileOptions {
  /** Bytes; 0 never rotates. */
  readonly maxBytes: number;
  /** 0 truncates instead of keeping old files. */
  readonly backups: number;
  /** Mode of a new file before the umask. */
  readonly mode: number;
}

const rename = (from: string, to: string): Failure | null => {
  try {
    renameSync(from, to);
    return null;
  } catch (error) {
    const failure = failureOf(error);
    return failure.code === 'ENOENT' ? null : failure;
  }
};

/** Moves `F` to `F.1`, `F.1` to `F.2`, ... and the last one out; what is missing is skipped. */
const shift = (path: string, backups: number): Failure | null => {
  for (let index = backups - 1; index >= 1; index -= 1) {
    const failure = rename(`${path}.${index}`, `${path}.${index + 1}`);
    if (failure !== null) return failure;
  }
  return rename(path, `${path}.1`);
};

export class RotatingFile implements LogFile {
  readonly #maxBytes: number;
  readonly #backups: number;
  readonly #mode: number;
  readonly #losses: Losses;
  #fd = -1;
  #size = 0;
  /** Monotonic time before which a refused rotation is not tried again; 0 when none was refused. */
  #rotateAt = 0;

  constructor({ maxBytes, backups, mode }: RotatingFileOptions, losses: Losses) {
    this.#maxBytes = maxBytes;
    this.#backups = backups;
    this.#mode = mode;
    this.#losses = losses;
    this.#open(0);
  }

  get path(): string {
    return this.#losses.path;
  }

  get failure(): Failure | null {
    return this.#losses.failure;
  }

  write(bytes: Uint8Array): boolean {
    if (this.#fd === -1 && !this.#retry(bytes.length)) return true;
    let done = 0;
    try {
      while (done < bytes.length) done += writeSync(this.#fd, bytes, done, bytes.length - done);
    } catch (error) {
      this.#fail(error, bytes.length - done);
    }
    this.#size += done;
    // Last, since it is said in a log: perhaps in this one.
    if (done === bytes.length) this.#losses.recover();
    if (this.#maxBytes > 0 && this.#size >= this.#maxBytes) this.#rotate();
    return true;
  }

  ready(call: () => void): void {
    call();
  }

  reopen(): void {
    this.#shut();
    this.#open(0);
  }

  clear(): 'cleared' {
    this.#truncate();
    return 'cleared';
  }

  flush(): void {
    // Nothing is ever kept: each write is in the file when it returns.
  }

  close(): void {
    this.#shut();
    this.#losses.end();
  }

  #retry(bytes: number): boolean {
    if (!this.#losses.resting) return this.#open(bytes);
    this.#losses.drop(bytes);
    return false;
  }

  #open(bytes: number): boolean {
    try {
      this.#fd = openSync(this.path, FLAGS, this.#mode);
      this.#size = fstatSync(this.#fd).size;
      return true;
    } catch (error) {
      this.#fail(error, bytes);
      return false;
    }
  }

  #shut(): void {
    if (this.#fd !== -1) closeSync(this.#fd);
    this.#fd = -1;
  }

  /** Closed after a failure, so that the next attempt begins with the name: the directory may be a new one. */
  #fail(error: unknown, bytes: number): void {
    this.#shut();
    this.#losses.fail(failureOf(error), bytes);
  }

  #truncate(): void {
    try {
      if (this.#fd !== -1) ftruncateSync(this.#fd);
      this.#size = 0;
    } catch (error) {
      this.#fail(error, 0);
    }
  }

  #rotate(): void {
    if (this.#fd === -1 || this.#losses.watch.clock.now() < this.#rotateAt) return;
    // Somebody else may have truncated it meanwhile (logrotate's copytruncate).
    this.#size = fstatSync(this.#fd).size;
    if (this.#size < this.#maxBytes) return;
    if (this.#backups === 0) {
      this.#truncate();
      return;
    }
    const failure = shift(this.path, this.#backups);
    if (failure === null) {
      this.#rotateAt = 0;
      this.reopen();
      return;
    }
    this.#refuse(failure);
  }

  /** A file that cannot be renamed grows on: nothing is lost by that. */
  #refuse(failure: Failure): void {
    const { clock, trouble } = this.#losses.watch;
    const first = this.#rotateAt === 0;
    this.#rotateAt = clock.now() + REST;
    if (first)
      trouble(
        `cannot rotate log ${this.path}: ${failure.reason}; it grows until its directory can be written`,
      );
  }
}
