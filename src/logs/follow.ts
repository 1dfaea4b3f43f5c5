// What is being written to a log right now? A live stream of a file that may be rotated, truncated or replaced meanwhile.

import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs';
import type { LogClock } from './sink.ts';

/** Bytes of the past that a stream begins with: supervisord's. */
const PAST = 1024;
/** Bytes per piece: the most memory that one stream needs. */
const PIECE = 65_536;
/** Milliseconds between two looks at a file that has nothing new. */
const PAUSE = 100;
/** Bytes that a reader may be behind before what it missed is passed over. */
const MOST_BEHIND = 8_388_608;

const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;

export interface FollowOptions {
  readonly clock: LogClock;
  /** Ends the stream; nobody else does. */
  readonly signal: AbortSignal;
}

const marker = (text: string): Uint8Array => Buffer.from(`==> ${text} <==\n`);

class Position {
  readonly #path: string;
  #fd: number;
  #at: number;

  constructor(path: string) {
    this.#path = path;
    this.#fd = openSync(path, FLAGS);
    this.#at = Math.max(0, fstatSync(this.#fd).size - PAST);
  }

  /** The next piece; empty when there is nothing new. */
  read(): Uint8Array {
    const { size } = fstatSync(this.#fd);
    if (size < this.#at) {
      this.#at = 0;
      return marker('File truncated');
    }
    const behind = size - this.#at;
    if (behind > MOST_BEHIND) {
      this.#at = size - PAST;
      return marker(`${behind - PAST} bytes skipped: they were written faster than they were read here`);
    }
    const piece = Buffer.allocUnsafe(Math.min(behind, PIECE));
    const count = readSync(this.#fd, piece, 0, piece.length, this.#at);
    this.#at += count;
    return count > 0 || !this.#moveOn() ? piece.subarray(0, count) : this.read();
  }

  close(): void {
    closeSync(this.#fd);
  }

  /** To the file that has the name now, when it is another one; a missing one is waited for. */
  #moveOn(): boolean {
    const now = statSync(this.#path, { throwIfNoEntry: false });
    const before = fstatSync(this.#fd);
    if (now === undefined || (now.ino === before.ino && now.dev === before.dev) || !now.isFile())
      return false;
    const next = openSync(this.#path, FLAGS);
    closeSync(this.#fd);
    this.#fd = next;
    this.#at = 0;
    return true;
  }
}

const pause = ({ clock, signal }: FollowOptions): Promise<void> =>
  new Promise((resolve) => {
    const end = (): void => {
      disarm();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const disarm = clock.after(PAUSE, end);
    signal.addEventListener('abort', end);
  });

/**
 * Begins with the last 1024 bytes and goes on with what is written, across rotations, until the signal. Pulled: who reads slowly holds nobody up and costs no
 * more than one piece; what is too far behind is replaced by a line that says so. The file must exist; an error of the file system ends the stream.
 */
export async function* followLog(path: string, options: FollowOptions): AsyncGenerator<Uint8Array> {
  const position = new Position(path);
  try {
    while (!options.signal.aborted) {
      const piece = position.read();
      if (piece.length > 0) yield piece;
      else await pause(options);
    }
  } finally {
    position.close();
  }
}
