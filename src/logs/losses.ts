// What could a log not write, since when, and has the operator been told?

import { getSystemErrorMap } from 'node:util';
import type { Failure, LogClock } from './sink.ts';

/** Milliseconds between two attempts on a destination that fails. */
const REST = 1000;

const CURES: Readonly<Record<string, string>> = {
  ENOSPC: 'free some space on its disk',
  EDQUOT: 'free some of the disk quota',
  EACCES: 'let the user that runs tsvisor write there',
  EPERM: 'let the user that runs tsvisor write there',
  EROFS: 'its disk is mounted read-only',
  ENOENT: 'make its directory',
  EISDIR: 'it is a directory; name a file',
  ENXIO: 'nobody reads this pipe; start its reader',
  EPIPE: 'its reader has gone; start it again',
  EMFILE: 'too many files are open; raise minfds',
};

/** What the operator can do about it; null when that is not known. */
export const cureOf = (code: string): string | null => CURES[code] ?? null;

/** Reads what a call of node:fs threw; anything else is a bug and is thrown on. */
export const failureOf = (error: unknown): Failure => {
  if (!(error instanceof Error) || !('errno' in error) || typeof error.errno !== 'number') throw error;
  const [code, words] = getSystemErrorMap().get(error.errno) ?? ['EIO', error.message];
  return { code, reason: `${words} (${code})` };
};

/** Shared by all accounts: the time, and the ear for sentences about troubles. */
export interface Watch {
  readonly clock: LogClock;
  readonly trouble: (text: string) => void;
  /** Counts bytes that no log will hold: over a limit, or because the log could not be written. */
  readonly lost?: (bytes: number, reason: 'dropped' | 'failed') => void;
}

/** The account of one destination: lost bytes, said once when it begins and once when it ends. */
export class Losses {
  readonly path: string;
  readonly watch: Watch;
  #failure: Failure | null = null;
  #lost = 0;
  #total = 0;
  #retryAt = 0;

  constructor(path: string, watch: Watch) {
    this.path = path;
    this.watch = watch;
  }

  get failure(): Failure | null {
    return this.#failure;
  }

  /** True while the last failed attempt is too fresh for another one. */
  get resting(): boolean {
    return this.#failure !== null && this.watch.clock.now() < this.#retryAt;
  }

  /** Bytes, ever. */
  get total(): number {
    return this.#total;
  }

  drop(bytes: number): void {
    this.#lost += bytes;
    this.#total += bytes;
    this.watch.lost?.(bytes, 'failed');
  }

  /** Notes a failed attempt that lost `bytes`. */
  fail(failure: Failure, bytes: number): void {
    const first = this.#failure === null;
    this.#failure = failure;
    this.drop(bytes);
    this.#retryAt = this.watch.clock.now() + REST;
    if (!first) return;
    const cure = cureOf(failure.code);
    this.watch.trouble(
      `cannot write log ${this.path}: ${failure.reason}; output is lost and counted until it can be written again${cure === null ? '' : `: ${cure}`}`,
    );
  }

  /** Notes that writing works. */
  recover(): void {
    if (this.#failure === null) return;
    this.#failure = null;
    this.#tell('is written again');
  }

  /** Notes that there will be no more attempts. */
  end(): void {
    if (this.#lost > 0) this.#tell('is closed');
    this.#failure = null;
  }

  #tell(what: string): void {
    const lost = this.#lost;
    this.#lost = 0;
    this.watch.trouble(`log ${this.path} ${what}: ${lost} bytes were lost`);
  }
}
