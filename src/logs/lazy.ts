// Can a log be made later than the launch it is for? Making a file costs half a millisecond, and most say nothing at first.

import type { OpenLog } from './logs.ts';
import type { Failure, LogClock } from './sink.ts';

/** Made by its first byte, by whoever asks for its path, or by `makeLater`, whichever comes first. */
export class LazyLog implements OpenLog {
  readonly #make: () => OpenLog;
  #log: OpenLog | null = null;
  #closed = false;

  constructor(make: () => OpenLog) {
    this.#make = make;
  }

  get path(): string {
    return this.make().path;
  }

  get failure(): Failure | null {
    return this.#log?.failure ?? null;
  }

  get lost(): number {
    return this.#log?.lost ?? 0;
  }

  write(bytes: Uint8Array): boolean {
    return this.make().write(bytes);
  }

  ready(call: () => void): void {
    if (this.#log === null) call();
    else this.#log.ready(call);
  }

  close(): void {
    this.#closed = true;
    this.#log?.close();
  }

  make(): OpenLog {
    this.#log ??= this.#make();
    return this.#log;
  }

  get isOver(): boolean {
    return this.#closed;
  }
}

/** A burst of launches is left alone for so long, and so long between bundles of files after it. */
const MAKE_AFTER_MS = 1500;
const PAUSE_MS = 20;
const BUNDLE = 16;

/** Makes what nobody has asked for yet, a few at a time, so that a program's log is there before long. */
export class Later {
  readonly #clock: LogClock;
  #waiting: LazyLog[] = [];

  constructor(clock: LogClock) {
    this.#clock = clock;
  }

  add(log: LazyLog): void {
    if (this.#waiting.push(log) === 1) this.#clock.after(MAKE_AFTER_MS, () => this.#step());
  }

  #step(): void {
    for (const log of this.#waiting.splice(0, BUNDLE)) if (!log.isOver) log.make();
    if (this.#waiting.length > 0) this.#clock.after(PAUSE_MS, () => this.#step());
  }
}
