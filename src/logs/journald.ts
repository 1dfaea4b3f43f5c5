// How do lines reach systemd's journal? Over its stream socket, one connection for each output: Node cannot send datagrams there.

import { connect, type Socket } from 'node:net';
import { failureOf, Losses, type Watch } from './losses.ts';
import type { OpenLog } from './logs.ts';
import type { Failure } from './sink.ts';

/** Where journald listens, on every machine that has one. */
export const JOURNALD = '/run/systemd/journal/stdout';

/** Bytes that wait for a slow journald before it is said that it takes no more; and before they are lost. */
const FULL = 65_536;
const MAX_BYTES = 1_048_576;

const NEWLINE = 0x0a;

const GONE: Failure = { code: 'EPIPE', reason: 'journald has closed the connection (EPIPE)' };
const SLOW: Failure = { code: 'EAGAIN', reason: 'journald is too slow (EAGAIN)' };

/** syslog's levels: 6 informational, 5 notice. A line that begins with `<3>` or the like names its own. */
const PRIORITIES = { stdout: 6, stderr: 5 } as const;

export interface JournaldEntry {
  /** SYSLOG_IDENTIFIER of its lines. */
  readonly identifier: string;
  readonly stream: keyof typeof PRIORITIES;
}

/**
 * What sd_journal_stream_fd sends first: identifier, unit (none), priority, whether lines may begin with a level, and whether they are forwarded to syslog,
 * the kernel log and the console.
 */
const headerOf = ({ identifier, stream }: JournaldEntry): string =>
  [identifier.replaceAll('\n', ' '), '', PRIORITIES[stream], 1, 0, 0, 0, ''].join('\n');

/** All connections to one journald: that it is gone is said once, not by each. */
export class Journald {
  readonly #path: string;
  readonly #losses: Losses;
  readonly #streams = new Set<JournaldStream>();

  constructor(watch: Watch, path = JOURNALD) {
    this.#path = path;
    this.#losses = new Losses('journald', watch);
  }

  open(entry: JournaldEntry): JournaldStream {
    const stream = new JournaldStream({
      path: this.#path,
      header: headerOf(entry),
      losses: this.#losses,
      closed: () => this.#streams.delete(stream),
    });
    this.#streams.add(stream);
    return stream;
  }

  /** Resolves when all that waits has been sent, or after a second. */
  async flush(): Promise<void> {
    const waiting = [...this.#streams].map((stream) => stream.flush());
    if (waiting.length === 0) return;
    await new Promise<void>((resolve) => {
      const disarm = this.#losses.watch.clock.after(1000, resolve);
      void Promise.all(waiting).then(() => {
        disarm();
        resolve();
      });
    });
  }
}

interface JournaldStreamParts {
  readonly path: string;
  readonly header: string;
  readonly losses: Losses;
  readonly closed: () => void;
}

export class JournaldStream implements OpenLog {
  /** It has no path: journalctl reads it. */
  readonly path = '';
  readonly #parts: JournaldStreamParts;
  #socket: Socket | null = null;
  #waiting: (() => void)[] = [];
  /** The last line has no end yet. */
  #inLine = false;
  lost = 0;

  constructor(parts: JournaldStreamParts) {
    this.#parts = parts;
  }

  get failure(): Failure | null {
    return this.#parts.losses.failure;
  }

  write(bytes: Uint8Array): boolean {
    const { losses } = this.#parts;
    if (bytes.length === 0) return true;
    if (this.#socket === null && losses.resting) {
      losses.drop(bytes.length);
      this.lost += bytes.length;
      return true;
    }
    const socket = this.#socket ?? this.#connect();
    if (socket.writableLength + bytes.length > MAX_BYTES) {
      losses.fail(SLOW, bytes.length);
      this.lost += bytes.length;
      return false;
    }
    socket.write(Buffer.from(bytes));
    this.#inLine = bytes[bytes.length - 1] !== NEWLINE;
    return socket.writableLength < FULL;
  }

  ready(call: () => void): void {
    if (this.#socket === null || this.#socket.writableLength < FULL) call();
    else this.#waiting.push(call);
  }

  /** The leader has ended: the next one's first line is a line of its own. */
  end(): void {
    if (this.#inLine) this.write(Buffer.of(NEWLINE));
  }

  /** Resolves when what waits has been sent, or cannot be. */
  flush(): Promise<void> {
    const socket = this.#socket;
    if (socket === null || socket.writableLength === 0) return Promise.resolve();
    // Called behind all that was written before, or when that fails.
    return new Promise((resolve) => void socket.write('', () => resolve()));
  }

  close(): void {
    // What waits is still sent.
    this.#socket?.end();
    this.#socket = null;
    this.#parts.closed();
    this.#release();
  }

  #connect(): Socket {
    const { path, header, losses } = this.#parts;
    // journald ends its own half at once: only a write tells that it is gone.
    const socket = connect({ path, allowHalfOpen: true });
    this.#socket = socket;
    this.#inLine = false;
    socket.on('connect', () => losses.recover());
    socket.on('drain', () => this.#release());
    socket.on('error', (error) => this.#lose(socket, failureOf(error)));
    socket.on('close', () => this.#lose(socket, GONE));
    socket.write(header);
    socket.resume();
    return socket;
  }

  #lose(socket: Socket, failure: Failure): void {
    if (this.#socket !== socket) return;
    this.#socket = null;
    this.lost += socket.writableLength;
    this.#parts.losses.fail(failure, socket.writableLength);
    socket.destroy();
    this.#release();
  }

  #release(): void {
    for (const call of this.#waiting.splice(0)) call();
  }
}
