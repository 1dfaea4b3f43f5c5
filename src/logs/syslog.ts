// How do lines reach syslog, whose datagram socket Node cannot open? Through one `logger` that stays.

import { type ChildProcess, spawn } from 'node:child_process';
import { Losses, type Watch } from './losses.ts';
import type { Failure, Sink } from './sink.ts';

/** supervisord's name, facility and severity. */
const COMMAND = ['-t', 'supervisord', '-p', 'user.info'] as const;

/** Bytes that wait for a slow syslog; more is lost and counted: no program waits for it. */
const MAX_BYTES = 1_048_576;

/** Milliseconds that `logger` may take to send what it has been given. */
const TIMEOUT_MS = 1000;

const NEWLINE = 0x0a;
const NOTHING = Buffer.alloc(0);

const MISSING: Failure = { code: 'ENOENT', reason: '`logger` cannot be run (ENOENT); install util-linux' };
const ENDED: Failure = { code: 'EPIPE', reason: '`logger` has ended: is there a syslog behind /dev/log?' };
const SLOW: Failure = { code: 'EAGAIN', reason: 'it is too slow (EAGAIN)' };

export class Syslog {
  readonly #losses: Losses;
  #logger: ChildProcess | null = null;

  constructor(watch: Watch) {
    this.#losses = new Losses('syslog', watch);
  }

  /** Each line behind the prefix, `NAME ` for a program's as supervisord has it. */
  open(prefix: string): SyslogStream {
    return new SyslogStream(prefix, (lines) => this.#send(lines));
  }

  /** What waits is still sent by `logger`, which ends then; resolves when it has, or after a second. */
  close(): Promise<void> {
    const logger = this.#logger;
    this.#logger = null;
    if (logger === null) return Promise.resolve();
    return new Promise((resolve) => {
      const disarm = this.#losses.watch.clock.after(TIMEOUT_MS, resolve);
      logger.once('exit', () => {
        disarm();
        resolve();
      });
      logger.stdin?.end();
    });
  }

  #send(lines: Buffer): void {
    if (this.#logger === null && this.#losses.resting) {
      this.#losses.drop(lines.length);
      return;
    }
    this.#logger ??= this.#start();
    const { stdin } = this.#logger;
    if (stdin === null || stdin.writableLength > MAX_BYTES) {
      this.#losses.fail(SLOW, lines.length);
      return;
    }
    stdin.write(lines);
  }

  #start(): ChildProcess {
    const logger = spawn('logger', [...COMMAND], { stdio: ['pipe', 'ignore', 'ignore'] });
    const fail = (failure: Failure): void => {
      if (this.#logger !== logger) return;
      this.#losses.fail(failure, logger.stdin?.writableLength ?? 0);
      this.#logger = null;
    };
    logger.once('error', () => fail(MISSING));
    logger.once('exit', () => fail(ENDED));
    logger.stdin?.on('error', () => fail(ENDED));
    logger.stdin?.on('drain', () => this.#losses.recover());
    return logger;
  }
}

/** Keeps lines whole. */
export class SyslogStream implements Sink {
  readonly failure = null;
  readonly #prefix: Buffer;
  readonly #send: (lines: Buffer) => void;
  #held: Buffer = NOTHING;

  constructor(prefix: string, send: (lines: Buffer) => void) {
    this.#prefix = Buffer.from(prefix);
    this.#send = send;
  }

  write(bytes: Uint8Array): boolean {
    const all = Buffer.concat([this.#held, bytes]);
    const end = all.lastIndexOf(NEWLINE) + 1;
    this.#held = all.subarray(end);
    if (this.#held.length > 65_536) this.end();
    if (end > 0) this.#tell(all.subarray(0, end));
    return true;
  }

  ready(call: () => void): void {
    call();
  }

  end(): void {
    const held = this.#held;
    this.#held = NOTHING;
    if (held.length > 0) this.#tell(Buffer.concat([held, Buffer.of(NEWLINE)]));
  }

  #tell(lines: Buffer): void {
    const told: Buffer[] = [];
    for (let from = 0; from < lines.length;) {
      const to = lines.indexOf(NEWLINE, from) + 1;
      told.push(this.#prefix, lines.subarray(from, to));
      from = to;
    }
    this.#send(Buffer.concat(told));
  }
}
