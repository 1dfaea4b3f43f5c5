// How does a regular log file grow, and what happens when it is full? supervisord's rules for names and sizes.

import { closeSync, constants, fstatSync, ftruncateSync, writeSync } from 'node:fs';
import type { LogPeriod } from '../model/plan.ts';
import { Backups } from './backups.ts';
import { type Losses, failureOf } from './losses.ts';
import { nextPeriod } from './period.ts';
import type { Failure, LogFile } from './sink.ts';
import { openOwn } from './open-own.ts';

const FLAGS = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOCTTY;

/** Milliseconds between two attempts to rotate a file that cannot be renamed. */
const REST = 1000;

/** When a file is full, and what is kept of it. */
export interface Rotation {
  /** Bytes; 0 never rotates. */
  readonly maxBytes: number;
  /** 0 truncates instead of keeping old files. */
  readonly backups: number;
  /** By time too. */
  readonly every?: LogPeriod | null;
  /** Rotated files are compressed. */
  readonly compress?: boolean;
  /** Bytes of the file and its rotated ones together; null for no limit. */
  readonly totalMax?: number | null;
}

export interface RotatingFileOptions extends Rotation {
  /** Mode of a new file before the umask. */
  readonly mode: number;
}

export class RotatingFile implements LogFile {
  readonly #maxBytes: number;
  readonly #backups: number;
  readonly #mode: number;
  readonly #every: LogPeriod | null;
  readonly #old: Backups;
  readonly #losses: Losses;
  #fd = -1;
  #size = 0;
  /** Monotonic time before which a refused rotation is not tried again; 0 when none was refused. */
  #rotateAt = 0;
  /** Wall time at which the next period begins. */
  #endsAt = Infinity;

  constructor(options: RotatingFileOptions, losses: Losses) {
    const { maxBytes, backups, mode, every = null, compress = false, totalMax = null } = options;
    // All of them together stay below the limit when there is room for a full one beside the old ones.
    this.#maxBytes = totalMax === null ? maxBytes : Math.min(maxBytes || totalMax, totalMax);
    this.#backups = backups;
    this.#mode = mode;
    this.#every = every;
    this.#losses = losses;
    const rest = totalMax === null ? null : totalMax - this.#maxBytes;
    this.#old = new Backups({ path: losses.path, backups, compress, totalMax: rest, watch: losses.watch });
    this.#open(0);
  }

  get path(): string {
    return this.#losses.path;
  }

  get failure(): Failure | null {
    return this.#losses.failure;
  }

  get lost(): number {
    return this.#losses.total;
  }

  write(bytes: Uint8Array): boolean {
    if (this.#every !== null && this.#losses.watch.clock.wall() >= this.#endsAt) this.#beginPeriod();
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

  /** By its name: what was moved away stays as it is, what was deleted is made anew. */
  clear(): 'cleared' {
    this.reopen();
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
      this.#fd = openOwn(this.path, FLAGS, this.#mode);
      const { size, mtimeMs } = fstatSync(this.#fd);
      this.#size = size;
      const written = size > 0 ? mtimeMs : this.#losses.watch.clock.wall();
      if (this.#every !== null) this.#endsAt = nextPeriod(written, this.#every);
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

  /** An empty file stays. */
  #beginPeriod(): void {
    const { clock } = this.#losses.watch;
    if (this.#every !== null) this.#endsAt = nextPeriod(clock.wall(), this.#every);
    if (this.#fd !== -1 && fstatSync(this.#fd).size > 0) this.#turnOver();
  }

  #rotate(): void {
    if (this.#fd === -1) return;
    // Somebody else may have truncated it meanwhile (logrotate's copytruncate).
    this.#size = fstatSync(this.#fd).size;
    if (this.#size >= this.#maxBytes) this.#turnOver();
  }

  #turnOver(): void {
    if (this.#losses.watch.clock.now() < this.#rotateAt) return;
    if (this.#backups === 0) {
      this.#truncate();
      return;
    }
    const failure = this.#old.shift();
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
