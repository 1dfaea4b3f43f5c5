// How do bytes reach a program's stdin without ever making the supervisor wait?

import { closeSync, constants, openSync, writeSync } from 'node:fs';
import type { Clock } from '../kernel/port.ts';

const FLAGS = constants.O_WRONLY | constants.O_NONBLOCK;

/** Milliseconds between two attempts on a full pipe. */
const PAUSE = 10;

/** Bytes that wait for a program which does not read; more is refused. */
const MOST = 1_048_576;

const codeOf = (error: unknown): string => {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  throw error;
};

/** Nobody reads there, or there is no pipe. */
const GONE = new Set(['EPIPE', 'ENXIO', 'ENOENT']);

/** The end of a named pipe that a program has as its stdin. Open only while bytes wait, so that it holds nothing over from life to life. */
export class StdinPipe {
  readonly #path: string;
  readonly #clock: Clock;
  #fd = -1;
  #waiting: Buffer = Buffer.alloc(0);
  #disarm: (() => void) | null = null;

  constructor(path: string, clock: Clock) {
    this.#path = path;
    this.#clock = clock;
  }

  /** Never blocks; what does not fit now follows by itself. 'gone': nobody reads there; 'full': it has not read for too long. */
  send(bytes: Uint8Array): 'sent' | 'gone' | 'full' {
    if (this.#waiting.length > 0 && this.#waiting.length + bytes.length > MOST) return 'full';
    this.#waiting = Buffer.concat([this.#waiting, bytes]);
    return this.#disarm === null ? this.#pour() : 'sent';
  }

  /** Forgets what waits: the program has ended. */
  clear(): void {
    this.#disarm?.();
    this.#disarm = null;
    this.#waiting = Buffer.alloc(0);
    if (this.#fd !== -1) closeSync(this.#fd);
    this.#fd = -1;
  }

  #pour(): 'sent' | 'gone' {
    try {
      if (this.#fd === -1) this.#fd = openSync(this.#path, FLAGS);
      while (this.#waiting.length > 0)
        this.#waiting = this.#waiting.subarray(writeSync(this.#fd, this.#waiting));
      this.clear();
      return 'sent';
    } catch (error) {
      const code = codeOf(error);
      if (code === 'EAGAIN') {
        this.#disarm = this.#clock.after(PAUSE, () => {
          this.#disarm = null;
          this.#pour();
        });
        return 'sent';
      }
      this.clear();
      if (GONE.has(code)) return 'gone';
      throw error;
    }
  }
}
