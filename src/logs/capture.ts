// How does what a program writes reach its log, down to its last words?

import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { failureOf } from './losses.ts';
import type { Failure, LogClock, Sink } from './sink.ts';
import { Stripper } from './strip.ts';

/**
 * One buffer for all pipes: what is read is in its sink, or kept by it, before the next read. A pipe holds as much by default.
 */
const SHARED = Buffer.allocUnsafeSlow(65_536);

/** Bytes read after the leader's exit at most: the most a pipe holds unless root raised fs.pipe-max-size. */
const LAST_WORDS = 1_048_576;

/** Milliseconds to wait for a slow sink after the leader's exit. */
const PATIENCE = 1000;

/** The reader of one pipe. It lives as long as it is not closed: end of file never comes, the exit is seen elsewhere. */
export interface Capture {
  /** Bytes read so far, before anything is stripped. */
  readonly bytes: number;
  /** After the leader's exit: reads what the pipe still holds, then resolves, even if others keep it open. */
  drain(): Promise<void>;
  /** Stops reading; the sink stays open. */
  close(): void;
}

export interface CaptureOptions {
  /** Path of a named pipe that exists. */
  readonly fifo: string;
  readonly sink: Sink;
  readonly clock: LogClock;
  /** Remove terminal colours. */
  readonly strip?: boolean;
}

/** What both ways of reading share: the sink, and the wait for it. */
class Feed {
  readonly #sink: Sink;
  readonly #clock: LogClock;
  readonly #stripper: Stripper | null;
  bytes = 0;

  constructor({ sink, clock, strip = false }: Omit<CaptureOptions, 'fifo'>) {
    this.#sink = sink;
    this.#clock = clock;
    this.#stripper = strip ? new Stripper() : null;
  }

  /** False: stop reading, `resume` is called when the sink takes more. */
  give(bytes: Uint8Array, resume: () => void): boolean {
    this.bytes += bytes.length;
    const taken = this.#sink.write(this.#stripper === null ? bytes : this.#stripper.strip(bytes));
    if (!taken) this.#sink.ready(resume);
    return taken;
  }

  /** Resolves when the sink takes more, to false when it does not within the time that last words are given. */
  async patience(): Promise<boolean> {
    return new Promise((resolve) => {
      const disarm = this.#clock.after(PATIENCE, () => resolve(false));
      this.#sink.ready(() => {
        disarm();
        resolve(true);
      });
    });
  }

  end(): void {
    const held = this.#stripper?.end();
    if (held !== undefined && held.length > 0) this.#sink.write(held);
  }
}

const readPipe = (fd: number): number => {
  try {
    return readSync(fd, SHARED);
  } catch (error) {
    if (failureOf(error).code === 'EAGAIN') return 0;
    throw error;
  }
};

class PipeCapture implements Capture {
  readonly #feed: Feed;
  readonly #socket: Socket;
  #fd: number;

  constructor(fd: number, feed: Feed) {
    this.#fd = fd;
    this.#feed = feed;
    const onread = { buffer: SHARED, callback: (count: number): boolean => this.#take(count) };
    const options = { fd, readable: true, writable: false, onread };
    this.#socket = new Socket(options);
    // A pipe that we hold open ourselves has no errors but a bug's; the program lives on without its log.
    this.#socket.on('error', () => this.close());
  }

  get bytes(): number {
    return this.#feed.bytes;
  }

  async drain(): Promise<void> {
    const limit = this.bytes + LAST_WORDS;
    while (this.#fd !== -1 && this.bytes < limit) {
      if (this.#socket.isPaused()) {
        if (!(await this.#feed.patience())) return;
        continue;
      }
      const count = readPipe(this.#fd);
      if (count === 0) return;
      this.#take(count);
    }
  }

  close(): void {
    if (this.#fd === -1) return;
    this.#fd = -1;
    this.#feed.end();
    this.#socket.destroy();
  }

  #take(count: number): boolean {
    const taken = this.#feed.give(SHARED.subarray(0, count), () => this.#socket.resume());
    if (!taken) this.#socket.pause();
    return taken;
  }
}

const openPipe = (path: string): number | Failure => {
  try {
    // Read and write: opening waits for nobody, and the pipe never ends while we hold it.
    const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
    if (fstatSync(fd).isFIFO()) return fd;
    closeSync(fd);
    return { code: 'EINVAL', reason: `${path} is not a named pipe` };
  } catch (error) {
    return failureOf(error);
  }
};

/** Call before launch: what the program writes waits in the pipe, nothing of it is missed. */
export const openCapture = ({ fifo, ...rest }: CaptureOptions): Capture | Failure => {
  const fd = openPipe(fifo);
  return typeof fd === 'number' ? new PipeCapture(fd, new Feed(rest)) : fd;
};

export const isCapture = (opened: Capture | Failure): opened is Capture => 'drain' in opened;

const turn = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

class StreamCapture implements Capture {
  readonly #readable: Readable;
  readonly #feed: Feed;

  constructor(readable: Readable, feed: Feed) {
    this.#readable = readable;
    this.#feed = feed;
    readable.on('data', (bytes: Uint8Array) => this.#take(bytes));
    readable.on('error', () => this.close());
  }

  get bytes(): number {
    return this.#feed.bytes;
  }

  /** The pipe would block when two turns of the loop, each with a look at it, brought nothing. */
  async drain(): Promise<void> {
    const limit = this.bytes + LAST_WORDS;
    for (let quiet = 0; quiet < 2 && this.bytes < limit && !this.#readable.destroyed; quiet += 1) {
      const before = this.bytes;
      await turn();
      if (this.#readable.isPaused() && !(await this.#feed.patience())) return;
      if (this.bytes > before) quiet = -1;
    }
  }

  close(): void {
    this.#feed.end();
    this.#readable.removeAllListeners('data');
    this.#readable.destroy();
  }

  #take(bytes: Uint8Array): void {
    if (!this.#feed.give(bytes, () => this.#readable.resume())) this.#readable.pause();
  }
}

/** The portable rung: reads the stream of a child process, in place of a named pipe. */
export const captureStream = (readable: Readable, options: Omit<CaptureOptions, 'fifo'>): Capture =>
  new StreamCapture(readable, new Feed(options));
