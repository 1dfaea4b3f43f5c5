// How do bytes reach a program's stdin, in the order in which they were sent, without ever making the supervisor wait?

import { closeSync, constants, openSync, writeSync } from 'node:fs';
import type { Clock } from '../../kernel/port.ts';

const FLAGS = constants.O_WRONLY | constants.O_NONBLOCK;

/** Milliseconds between two attempts on a full pipe, and how long a program may read nothing before a sender is told. */
const PAUSE = 10;
const TIMEOUT_MS = 5000;

/** Bytes that wait for a program which does not read; more of what nobody waits for is refused. */
const MAX_BYTES = 1_048_576;

/** What became of bytes: `gone`: nobody reads there; `left`: so many were not taken in time. */
export type Delivery = 'sent' | 'gone' | { readonly left: number };

interface Letter {
  rest: Uint8Array;
  /** False: it waits for as long as the program lives. */
  readonly urgent: boolean;
  readonly ended: (delivery: Delivery) => void;
}

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
  #letters: Letter[] = [];
  #disarm: (() => void) | null = null;
  /** When the program read last, or something began to wait for it. */
  #takenAt = 0;

  constructor(path: string, clock: Clock) {
    this.#path = path;
    this.#clock = clock;
  }

  /** What does not fit now follows by itself. 'gone': nobody reads there; 'full': it has not read for too long. */
  send(bytes: Uint8Array): 'sent' | 'gone' | 'full' {
    const waiting = this.#letters.reduce((sum, { rest }) => sum + rest.length, 0);
    if (waiting > 0 && waiting + bytes.length > MAX_BYTES) return 'full';
    let seen: 'sent' | 'gone' = 'sent';
    this.#add(bytes, false, (delivery) => {
      if (delivery === 'gone') seen = 'gone';
    });
    return seen;
  }

  /** Resolves when the pipe has taken all of it, or will not. */
  deliver(bytes: Uint8Array): Promise<Delivery> {
    return new Promise((resolve) => this.#add(bytes, true, resolve));
  }

  /** Forgets what waits: the program has ended. */
  clear(): void {
    const forgotten = this.#letters;
    this.#letters = [];
    this.#disarm?.();
    this.#disarm = null;
    if (this.#fd !== -1) closeSync(this.#fd);
    this.#fd = -1;
    for (const { ended } of forgotten) ended('gone');
  }

  #add(bytes: Uint8Array, urgent: boolean, ended: Letter['ended']): void {
    if (this.#letters.length === 0) this.#takenAt = this.#clock.now();
    this.#letters.push({ rest: bytes, urgent, ended });
    if (this.#disarm === null) this.#pour();
  }

  #pour(): void {
    try {
      if (this.#fd === -1) this.#fd = openSync(this.#path, FLAGS);
      for (let letter = this.#letters[0]; letter !== undefined; letter = this.#letters[0])
        this.#write(letter);
      this.clear();
    } catch (error) {
      const code = codeOf(error);
      if (code === 'EAGAIN') this.#wait();
      else this.clear();
      if (code !== 'EAGAIN' && !GONE.has(code)) throw error;
    }
  }

  #write(letter: Letter): void {
    while (letter.rest.length > 0) {
      letter.rest = letter.rest.subarray(writeSync(this.#fd, letter.rest));
      this.#takenAt = this.#clock.now();
    }
    this.#letters.shift();
    letter.ended('sent');
  }

  #wait(): void {
    if (this.#clock.now() - this.#takenAt > TIMEOUT_MS) this.#giveUp();
    if (this.#letters.length === 0) this.clear();
    else
      this.#disarm = this.#clock.after(PAUSE, () => {
        this.#disarm = null;
        this.#pour();
      });
  }

  #giveUp(): void {
    const urgent = this.#letters.filter((letter) => letter.urgent);
    this.#letters = this.#letters.filter((letter) => !letter.urgent);
    for (const { rest, ended } of urgent) ended({ left: rest.length });
  }
}
