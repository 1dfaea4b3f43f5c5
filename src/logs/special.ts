// How is a pipe, a terminal, a socket or a device written to without ever waiting for its reader?

import { closeSync, constants, fstatSync, openSync, writeSync } from 'node:fs';
import { type Losses, failureOf } from './losses.ts';
import type { Failure, LogFile } from './sink.ts';

/** O_NONBLOCK: a reader that sleeps must not stop the supervisor. O_NOCTTY: a terminal must not become ours. */
const FLAGS = constants.O_WRONLY | constants.O_APPEND | constants.O_NONBLOCK | constants.O_NOCTTY;

/** Bytes kept of a writer who writes on although the reader is slow: four times what a pipe holds by default. */
const MAX_BYTES = 262_144;

/** Milliseconds between two attempts on a full pipe. */
const PAUSE = 10;

/** Milliseconds that `flush` blocks at most. */
const TIMEOUT_MS = 1000;

const TOO_SLOW: Failure = { code: 'EAGAIN', reason: 'its reader is too slow (EAGAIN)' };

const STANDARD: Readonly<Record<string, number>> = { '/dev/stdin': 0, '/dev/stdout': 1, '/dev/stderr': 2 };

/** The number behind `/dev/stdout`, `/dev/stderr`, `/dev/fd/N` and `/proc/self/fd/N`: the supervisor's own descriptor. */
export const descriptorOf = (path: string): number | null => {
  const match = /^\/(?:dev|proc\/self)\/fd\/(\d+)$/.exec(path);
  return match === null ? (STANDARD[path] ?? null) : Number(match[1]);
};

interface Opened {
  readonly fd: number;
  /** False: somebody else's, not ours to close. */
  readonly own: boolean;
}

/**
 * A pipe or terminal behind a descriptor is opened anew, so that O_NONBLOCK is ours alone. Used as they are: a regular file, which keeps its own position; a socket,
 * which has no name; what another user opened for us before we became who we are.
 */
const openSpecial = (path: string): Opened => {
  const descriptor = descriptorOf(path);
  if (descriptor === null) return { fd: openSync(path, FLAGS), own: true };
  const kind = fstatSync(descriptor);
  if (kind.isFile() || kind.isSocket()) return { fd: descriptor, own: false };
  try {
    return { fd: openSync(`/proc/self/fd/${descriptor}`, FLAGS), own: true };
  } catch (error) {
    if (failureOf(error).code !== 'EACCES') throw error;
    return { fd: descriptor, own: false };
  }
};

const sleep = (ms: number): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
};

export class Special implements LogFile {
  readonly #losses: Losses;
  #opened: Opened | null = null;
  #kept: Buffer[] = [];
  #keptBytes = 0;
  #waiting: (() => void)[] = [];
  #disarm: (() => void) | null = null;

  constructor(losses: Losses) {
    this.#losses = losses;
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

  write(bytes: Uint8Array, told = true): boolean {
    const taken = this.#offer(bytes, told);
    if (taken) this.#recover();
    return taken;
  }

  ready(call: () => void): void {
    if (this.#keptBytes === 0) call();
    else this.#waiting.push(call);
  }

  reopen(): void {
    this.#shut();
    this.#open(0);
  }

  clear(): 'special' {
    return 'special';
  }

  flush(): void {
    for (let waited = 0; this.#keptBytes > 0 && waited < TIMEOUT_MS; waited += PAUSE) {
      this.#pour();
      if (this.#keptBytes > 0) sleep(PAUSE);
    }
  }

  close(): void {
    this.#disarm?.();
    this.#disarm = null;
    this.#losses.drop(this.#keptBytes);
    this.#empty();
    this.#shut();
    this.#losses.end();
  }

  #offer(bytes: Uint8Array, told: boolean): boolean {
    const done = this.#keptBytes > 0 ? 0 : this.#push(bytes);
    return done === bytes.length || this.#keep(bytes.subarray(done), told);
  }

  /** Last, since it is said in a log: perhaps in this one. */
  #recover(): void {
    if (this.#opened !== null) this.#losses.recover();
  }

  /** Bytes dealt with: written, or lost and counted. The rest would have blocked. */
  #push(bytes: Uint8Array): number {
    if (this.#opened === null && !this.#retry(bytes.length)) return bytes.length;
    let done = 0;
    try {
      while (this.#opened !== null && done < bytes.length)
        done += writeSync(this.#opened.fd, bytes, done, bytes.length - done);
    } catch (error) {
      const failure = failureOf(error);
      if (failure.code === 'EAGAIN') return done;
      this.#shut();
      this.#losses.fail(failure, bytes.length - done);
      return bytes.length;
    }
    return done;
  }

  #retry(bytes: number): boolean {
    if (!this.#losses.resting) return this.#open(bytes);
    this.#losses.drop(bytes);
    return false;
  }

  #open(bytes: number): boolean {
    try {
      this.#opened = openSpecial(this.path);
      return true;
    } catch (error) {
      this.#losses.fail(failureOf(error), bytes);
      return false;
    }
  }

  #shut(): void {
    if (this.#opened?.own === true) closeSync(this.#opened.fd);
    this.#opened = null;
  }

  #keep(bytes: Uint8Array, told: boolean): false {
    if (told && this.#keptBytes + bytes.length > MAX_BYTES) {
      this.#losses.fail(TOO_SLOW, bytes.length);
      return false;
    }
    this.#kept.push(Buffer.from(bytes));
    this.#keptBytes += bytes.length;
    this.#disarm ??= this.#losses.watch.clock.after(PAUSE, () => {
      this.#disarm = null;
      this.#pour();
    });
    return false;
  }

  /** Writes what was kept, oldest first, until all is gone or the reader is full again. */
  #pour(): void {
    const pieces = this.#kept;
    this.#kept = [];
    this.#keptBytes = 0;
    for (const piece of pieces) this.#offer(piece, false);
    if (this.#keptBytes > 0) return;
    this.#recover();
    this.#release();
  }

  #empty(): void {
    this.#kept = [];
    this.#keptBytes = 0;
    this.#release();
  }

  #release(): void {
    const calls = this.#waiting;
    this.#waiting = [];
    for (const call of calls) call();
  }
}
