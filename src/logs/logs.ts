// Which destinations are open, and who shares them?

import { statSync } from 'node:fs';
import { Journald } from './journald.ts';
import { Losses, type Watch } from './losses.ts';
import { RotatingFile, type Rotation } from './rotate.ts';
import type { Failure, LogClock, LogFile, Sink } from './sink.ts';
import { Special, descriptorOf } from './special.ts';
import { Syslog } from './syslog.ts';

/** Troubles kept until somebody listens. */
const UNHEARD = 100;

export interface LogOptions extends Rotation {
  /** Absolute. */
  readonly path: string;
  /** Mode of a new file before the umask; 0666 when left out. */
  readonly mode?: number;
}

/** One user's hold on a destination; the last one to close it closes the file. */
export interface OpenLog extends Sink {
  readonly path: string;
  /** Bytes lost while they were written through this hold. */
  readonly lost: number;
  /** The leader has ended: its last line may have no end. */
  end?(): void;
  close(): void;
}

interface Shared {
  readonly file: LogFile;
  users: number;
}

class Lease implements OpenLog {
  readonly #file: LogFile;
  #release: (() => void) | null;
  lost = 0;
  /** To wait, and not yet to go on. */
  #told = false;

  constructor(file: LogFile, release: () => void) {
    this.#file = file;
    this.#release = release;
  }

  get path(): string {
    return this.#file.path;
  }

  get failure(): Failure | null {
    return this.#file.failure;
  }

  write(bytes: Uint8Array): boolean {
    const before = this.#file.lost;
    const taken = this.#file.write(bytes, this.#told);
    this.lost += this.#file.lost - before;
    if (!taken && !this.#told) {
      this.#told = true;
      this.#file.ready(() => {
        this.#told = false;
      });
    }
    return taken;
  }

  ready(call: () => void): void {
    this.#file.ready(call);
  }

  close(): void {
    this.#release?.();
    this.#release = null;
  }
}

const isSpecial = (path: string): boolean =>
  descriptorOf(path) !== null || statSync(path, { throwIfNoEntry: false })?.isFile() === false;

/**
 * All log destinations of one supervisor. Two processes with the same path write through the same descriptor, so that a rotation by one never loses the lines
 * of the other; the sizes of whoever opened it first count.
 */
export class Logs {
  readonly #watch: Watch;
  readonly syslog: Syslog;
  readonly journald: Journald;
  /** Bytes that no log holds, of all destinations. */
  readonly lost = { dropped: 0, failed: 0 };
  readonly #shared = new Map<string, Shared>();
  readonly #unheard: string[] = [];
  #listener: ((text: string) => void) | null = null;

  /** Of all destinations: the time, and the ear for troubles. */
  get watch(): Watch {
    return this.#watch;
  }

  /** `journald`: its stream socket, where that is elsewhere. */
  constructor(clock: LogClock, journald?: string) {
    this.#watch = {
      clock,
      trouble: (text) => this.#tell(text),
      lost: (bytes, reason) => {
        this.lost[reason] += bytes;
      },
    };
    this.syslog = new Syslog(this.#watch);
    this.journald = new Journald(this.#watch, journald);
  }

  /** Sentences about destinations that cannot be written, the ones said before anybody listened included. */
  onTrouble(listener: (text: string) => void): void {
    this.#listener = listener;
    for (const text of this.#unheard.splice(0)) listener(text);
  }

  /** Opens at once; `failure` of the result says whether that went well, writing tries again in any case. */
  open(options: LogOptions): OpenLog {
    const { path } = options;
    const shared = this.#shared.get(path) ?? { file: this.#make(options), users: 0 };
    this.#shared.set(path, shared);
    shared.users += 1;
    return new Lease(shared.file, () => this.#release(shared));
  }

  /** SIGUSR2: every open destination is closed and opened by name again. */
  reopen(): void {
    for (const { file } of this.#shared.values()) file.reopen();
  }

  /** Whether a path is or would become a regular file. */
  isRegular(path: string): boolean {
    return !isSpecial(path);
  }

  /** The open destination of that path, or null: then `clearFile` is the way. */
  at(path: string): LogFile | null {
    return this.#shared.get(path)?.file ?? null;
  }

  /** On the way out: waits at most a second per destination for slow readers, closes nothing. Resolves when syslog and journald have the rest. */
  async flush(): Promise<void> {
    for (const { file } of this.#shared.values()) file.flush();
    await Promise.all([this.syslog.close(), this.journald.flush()]);
  }

  #make({ path, mode = 0o666, ...rotation }: LogOptions): LogFile {
    const losses = new Losses(path, this.#watch);
    return isSpecial(path) ? new Special(losses) : new RotatingFile({ ...rotation, mode }, losses);
  }

  #release(shared: Shared): void {
    shared.users -= 1;
    if (shared.users > 0) return;
    this.#shared.delete(shared.file.path);
    shared.file.close();
  }

  #tell(text: string): void {
    if (this.#listener !== null) this.#listener(text);
    else if (this.#unheard.length < UNHEARD) this.#unheard.push(text);
  }
}
