// Is it cheaper to look at a pipe now and then than to be woken for each write of a chatty program?

import type { LogClock } from './sink.ts';

/** A read of fewer bytes was hardly worth waking up for. */
const SMALL = 16_384;

/** That many small reads in a row, each within so many milliseconds of the one before, make a program chatty. */
const CHATTY = 16;
const CLOSE = 2;

/** So many wake-ups in a row that found the pipe full make a program one that waits for us: a larger pipe saves a third of our CPU. */
const BUSY = 8;

/** Milliseconds between two looks; nobody waits longer for a line. 0: at the next turn of the event loop. */
const LONGEST = 8;

/** Looks that find nothing, until we let ourselves be woken again. */
const QUIET = 3;

/** Bytes that a pipe holds by default. */
const NARROW = 65_536;

/** Of a program that fills its pipe with large pieces. Several pipes that are larger still are slower: what is in them leaves the processor's cache. */
export const WIDE = 131_072;

/** Of one that fills it with small pieces between two looks. */
const WIDEST = 524_288;

/** The part of a pipe's room that is full: small writes do not share pages well. */
const FULL = 0.9;

export interface PollingOptions {
  readonly clock: LogClock;
  /** Reads all that is there; bytes read. */
  readonly look: () => number;
  /** Woken for each write, or not. */
  readonly wake: (woken: boolean) => void;
  /** Makes the pipe hold so many bytes; false when that cannot be done. */
  readonly widen: (bytes: number) => Promise<boolean>;
}

/**
 * A program that writes small pieces wakes its reader for each of them, which costs ten times as much as the bytes. Then the pipe is read by the clock, at intervals
 * that suit what comes, and widened when it fills up meanwhile.
 */
export class Polling {
  readonly #options: PollingOptions;
  #small = 0;
  #full = 0;
  #wokenAt = -Infinity;
  #interval = 1;
  #quiet = 0;
  #room = NARROW;
  /** Bytes that were asked for, whether they were given or not. */
  #asked = NARROW;
  #disarm: (() => void) | null = null;

  constructor(options: PollingOptions) {
    this.#options = options;
  }

  /** A wake-up brought so many bytes. */
  woken(bytes: number): void {
    this.#full = bytes > NARROW * FULL ? this.#full + 1 : 0;
    if (this.#full >= BUSY) this.#widen(WIDE);
    const now = this.#options.clock.now();
    this.#small = bytes < SMALL && now - this.#wokenAt < CLOSE ? this.#small + 1 : 0;
    this.#wokenAt = now;
    if (this.#small >= CHATTY) this.#begin();
  }

  /** Back to being woken; also when there was nothing to stop. */
  stop(): void {
    if (this.#disarm === null) return;
    this.#disarm();
    this.#disarm = null;
    this.#options.wake(true);
  }

  #begin(): void {
    this.#small = 0;
    this.#quiet = 0;
    this.#interval = 1;
    this.#options.wake(false);
    this.#arm();
  }

  #arm(): void {
    const look = (): void => {
      const bytes = this.#options.look();
      // The look itself may have ended it: a slow log, a closed pipe.
      if (this.#disarm === null) return;
      this.#quiet = bytes === 0 ? this.#quiet + 1 : 0;
      if (this.#quiet >= QUIET) {
        this.stop();
        return;
      }
      this.#interval = this.#suited(bytes);
      this.#arm();
    };
    if (this.#interval > 0) this.#disarm = this.#options.clock.after(this.#interval, look);
    else {
      const turn = setImmediate(look);
      this.#disarm = () => clearImmediate(turn);
    }
  }

  /** The interval after a look that brought so many bytes. */
  #suited(bytes: number): number {
    if (bytes > this.#room * FULL) {
      if (this.#interval <= 1) this.#widen(WIDEST);
      return this.#interval > 1 ? this.#interval / 2 : 0;
    }
    if (bytes < SMALL) return Math.min(LONGEST, Math.max(1, this.#interval * 2));
    return bytes > this.#room / 2 ? Math.max(1, this.#interval / 2) : Math.max(1, this.#interval);
  }

  /** Once for each size: the program had to wait for us. */
  #widen(bytes: number): void {
    if (bytes <= this.#asked) return;
    this.#asked = bytes;
    void this.#options.widen(bytes).then((wide) => {
      if (wide) this.#room = bytes;
    });
  }
}
