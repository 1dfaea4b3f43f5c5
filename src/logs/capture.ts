// How does what a program writes reach its log, down to its last words?

import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { Socket } from 'node:net';
import { failureOf } from './losses.ts';
import { Polling, WIDE } from './polling.ts';
import type { Failure, LogClock, Sink } from './sink.ts';
import { Stripper } from './strip.ts';
import { Tokens } from './tokens.ts';

/** One buffer for all pipes: what is read is in its sink, or kept by it, before the next read. As large as a pipe of a program that fills it with large pieces. */
const SHARED = Buffer.allocUnsafeSlow(WIDE);

/** Bytes read after the leader's exit at most: the most a pipe holds unless root raised fs.pipe-max-size. */
const LAST_WORDS = 1_048_576;

/** Milliseconds to wait for a slow sink after the leader's exit. */
const TIMEOUT_MS = 1000;

/** The reader of one pipe. It lives as long as it is not closed: end of file never comes, the exit is seen elsewhere. */
export interface Capture {
  /** Bytes read so far, before anything is stripped. */
  readonly bytes: number;
  /** After the leader's exit: reads what the pipe still holds, then resolves, even if others keep it open. */
  drain(): Promise<void>;
  /** Before a launch: nothing is read, and so nobody hears anything, until `start`. */
  hold(): void;
  /** `pid` of the new leader; null when the launch failed. */
  start(pid: number | null): void;
  /** The leader has ended: reads what its pipe holds, as far as the sink takes it at once, and gives out what was held back. */
  lastWords(): void;
  /** Stops reading; the sink stays open. */
  close(): void;
}

/** Who hears what a program writes, beside its log. The bytes are theirs only until they return. */
export interface Listening {
  /** As read. */
  readonly raw?: (bytes: Uint8Array) => void;
  /** As logged. */
  readonly logged?: (bytes: Uint8Array) => void;
  /** Messages between supervisord's tokens, which are not logged; `most` bytes of each are kept. */
  readonly messages?: { readonly most: number; readonly hear: (bytes: Uint8Array) => void };
  /** What comes from now on is of this leader. */
  readonly follow?: (pid: number) => void;
  /** The leader has ended, and all it wrote has been heard. */
  readonly ended?: () => void;
}

export interface CaptureOptions {
  /** Path of a named pipe that exists. */
  readonly fifo: string;
  readonly sink: Sink;
  readonly clock: LogClock;
  /** Remove terminal colours. */
  readonly strip?: boolean;
  readonly listening?: Listening;
  /** Makes the named pipe hold more; false when that cannot be done. */
  readonly widen?: (fifo: string, bytes: number) => Promise<boolean>;
}

/** What becomes of bytes once they are read. */
class Feed {
  readonly #sink: Sink;
  readonly #clock: LogClock;
  readonly #stripper: Stripper | null;
  readonly #listening: Listening;
  readonly #tokens: Tokens | null;
  bytes = 0;
  /** What the sink said last. */
  #taken = true;

  constructor({ sink, clock, strip = false, listening = {} }: Omit<CaptureOptions, 'fifo' | 'widen'>) {
    this.#sink = sink;
    this.#clock = clock;
    this.#stripper = strip ? new Stripper() : null;
    this.#listening = listening;
    const { messages } = listening;
    const plain = (bytes: Uint8Array): void => this.#log(bytes);
    this.#tokens =
      messages === undefined ? null : new Tokens(messages.most, { plain, captured: messages.hear });
  }

  /** False: stop reading until `ready`. */
  give(bytes: Uint8Array): boolean {
    this.bytes += bytes.length;
    this.#taken = true;
    this.#listening.raw?.(bytes);
    if (this.#tokens === null) this.#log(bytes);
    else this.#tokens.read(bytes);
    return this.#taken;
  }

  ready(call: () => void): void {
    this.#sink.ready(call);
  }

  /** Resolves when the sink takes more, to false when it does not within the time that last words are given. */
  async readyInTime(): Promise<boolean> {
    return new Promise((resolve) => {
      const disarm = this.#clock.after(TIMEOUT_MS, () => resolve(false));
      this.#sink.ready(() => {
        disarm();
        resolve(true);
      });
    });
  }

  follow(pid: number): void {
    this.#listening.follow?.(pid);
  }

  /** Gives out what was held back. */
  end(): void {
    this.#tokens?.end();
    const held = this.#stripper?.end();
    if (held !== undefined && held.length > 0) this.#tell(held);
    this.#listening.ended?.();
  }

  #log(bytes: Uint8Array): void {
    this.#tell(this.#stripper === null ? bytes : this.#stripper.strip(bytes));
  }

  #tell(text: Uint8Array): void {
    this.#listening.logged?.(text);
    this.#taken = this.#sink.write(text) && this.#taken;
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
  #held = false;
  /** The sink takes no more for now. */
  #full = false;
  /** Null: who listens is to hear at once. */
  readonly #polling: Polling | null;
  #woken = true;

  constructor(fd: number, { fifo, widen = async () => false, ...rest }: CaptureOptions) {
    this.#fd = fd;
    this.#feed = new Feed(rest);
    this.#polling =
      rest.listening?.raw === undefined
        ? new Polling({
            clock: rest.clock,
            look: () => this.#readAll(),
            wake: (woken) => {
              this.#woken = woken;
              this.#flow();
            },
            widen: (bytes) => widen(fifo, bytes),
          })
        : null;
    const onread = { buffer: SHARED, callback: (count: number): boolean => this.#wake(count) };
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
      if (this.#full) {
        if (!(await this.#feed.readyInTime())) return;
        this.#full = false;
        continue;
      }
      if (!this.#read()) return;
    }
  }

  hold(): void {
    this.#held = true;
    this.#flow();
  }

  start(pid: number | null): void {
    if (pid !== null) this.#feed.follow(pid);
    this.#held = false;
    this.#flow();
  }

  lastWords(): void {
    this.#polling?.stop();
    const limit = this.bytes + LAST_WORDS;
    while (this.#fd !== -1 && !this.#full && this.bytes < limit && this.#read());
    this.#feed.end();
  }

  close(): void {
    if (this.#fd === -1) return;
    this.#polling?.stop();
    this.#fd = -1;
    this.#feed.end();
    this.#socket.destroy();
  }

  #wake(count: number): boolean {
    const taken = this.#take(count);
    if (taken) this.#polling?.woken(count);
    if (count === SHARED.length) setImmediate(() => this.#flow());
    // After a full read it is the others' turn: the event loop would go on with this pipe up to 32 times.
    return taken && this.#woken && count < SHARED.length;
  }

  /** Bytes; stops when the pipe is empty, when the sink takes no more, and when others should have their turn. */
  #readAll(): number {
    const before = this.bytes;
    let count = SHARED.length;
    while (this.#isOpen && count === SHARED.length && this.bytes - before < LAST_WORDS) {
      count = readPipe(this.#fd);
      if (count > 0) this.#take(count);
    }
    return this.bytes - before;
  }

  get #isOpen(): boolean {
    return this.#fd !== -1 && !this.#full && !this.#held;
  }

  /** False: the pipe is empty. */
  #read(): boolean {
    const count = readPipe(this.#fd);
    if (count > 0) this.#take(count);
    return count > 0;
  }

  #take(count: number): boolean {
    const taken = this.#feed.give(SHARED.subarray(0, count));
    if (taken) return true;
    this.#full = true;
    this.#flow();
    this.#feed.ready(() => {
      this.#full = false;
      this.#flow();
    });
    return false;
  }

  #flow(): void {
    if (this.#fd === -1) return;
    if (this.#held || this.#full || !this.#woken) this.#socket.pause();
    else this.#socket.resume();
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
export const openCapture = (options: CaptureOptions): Capture | Failure => {
  const fd = openPipe(options.fifo);
  return typeof fd === 'number' ? new PipeCapture(fd, options) : fd;
};

export const isCapture = (opened: Capture | Failure): opened is Capture => 'drain' in opened;
