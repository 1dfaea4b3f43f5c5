// How much of a program's output is let through when it is more than its log may or can take? Whole lines, and what was dropped is counted.

import type { Watch } from './losses.ts';
import type { Failure, Sink } from './sink.ts';

const NEWLINE = 0x0a;
const SECOND = 1000;

/** Milliseconds between two complaints about the same stream. */
const QUIET = 60_000;

export interface ValveOptions {
  readonly sink: Sink;
  /** Bytes per second; null for no limit. */
  readonly rateMax: number | null;
  /** A full sink loses lines instead of making the program wait. */
  readonly drops: boolean;
  /** Whose output, for people: `stdout of web`. */
  readonly whose: string;
  readonly watch: Watch;
}

interface Dropped {
  lines: number;
  bytes: number;
}

/** Lines go through whole or not at all, but for one that is longer than a piece of output. */
export class Valve implements Sink {
  readonly #options: ValveOptions;
  #allowance: number;
  #filledAt: number;
  #full = false;
  /** The rest of a line whose beginning was dropped is to be dropped too. */
  #inDropped = false;
  /** The last line that went through has no end yet. */
  #inPassed = false;
  #dropped: Dropped = { lines: 0, bytes: 0 };
  readonly #total: Dropped = { lines: 0, bytes: 0 };
  #disarm: (() => void) | null = null;
  #complainedAt = -Infinity;

  constructor(options: ValveOptions) {
    this.#options = options;
    this.#allowance = options.rateMax ?? Infinity;
    this.#filledAt = options.watch.clock.now();
  }

  get failure(): Failure | null {
    return this.#options.sink.failure;
  }

  /** Of all that was dropped, said or not. */
  get dropped(): Readonly<Dropped> {
    return this.#total;
  }

  ready(call: () => void): void {
    if (this.#options.drops) call();
    else this.#options.sink.ready(call);
  }

  write(bytes: Uint8Array): boolean {
    this.#fill();
    let rest = bytes;
    if (this.#inDropped) {
      const end = rest.indexOf(NEWLINE) + 1;
      this.#drop(rest.subarray(0, end === 0 ? rest.length : end));
      if (end === 0) return true;
      rest = rest.subarray(end);
    }
    const passed = this.#full ? 0 : this.#fitting(rest);
    const taken = passed === 0 || this.#pass(rest.subarray(0, passed));
    if (passed < rest.length) this.#drop(rest.subarray(passed));
    return taken;
  }

  /** Says what is not said yet. */
  end(): void {
    this.#disarm?.();
    this.#disarm = null;
    this.#tell();
  }

  #fill(): void {
    const { rateMax, watch } = this.#options;
    if (rateMax === null) return;
    const now = watch.clock.now();
    this.#allowance = Math.min(rateMax, this.#allowance + ((now - this.#filledAt) * rateMax) / SECOND);
    this.#filledAt = now;
  }

  /** Bytes, up to the end of the last line that is allowed. */
  #fitting(bytes: Uint8Array): number {
    if (bytes.length <= this.#allowance) return bytes.length;
    return this.#allowance < 1 ? 0 : bytes.lastIndexOf(NEWLINE, this.#allowance - 1) + 1;
  }

  #pass(bytes: Uint8Array): boolean {
    const { sink, drops } = this.#options;
    this.#allowance -= bytes.length;
    this.#inPassed = bytes[bytes.length - 1] !== NEWLINE;
    const taken = sink.write(bytes);
    if (taken || !drops) return taken;
    this.#full = true;
    sink.ready(() => {
      this.#full = false;
      this.#tell();
    });
    return true;
  }

  #drop(bytes: Uint8Array): void {
    let lines = 0;
    for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) lines += 1;
    for (const count of [this.#dropped, this.#total]) {
      count.lines += lines;
      count.bytes += bytes.length;
    }
    this.#options.watch.lost?.(bytes.length, 'dropped');
    this.#inDropped = bytes[bytes.length - 1] !== NEWLINE;
    this.#disarm ??= this.#options.watch.clock.after(SECOND, () => {
      this.#disarm = null;
      this.#tell();
    });
  }

  /** In the log, where the lines are missing; now and then in the journal. */
  #tell(): void {
    const { bytes, lines } = this.#dropped;
    if (bytes === 0 || this.#full) return;
    this.#dropped = { lines: 0, bytes: 0 };
    const { sink, rateMax, whose, watch } = this.#options;
    const why =
      rateMax === null ? 'the reader of this log is too slow' : `more than ${rateMax} bytes per second`;
    const text = `tsvisor dropped ${lines} lines (${bytes} bytes) of ${whose}: ${why}`;
    sink.write(Buffer.from(`${this.#inPassed ? '\n' : ''}${text}\n`));
    this.#inPassed = false;
    const now = watch.clock.now();
    if (now - this.#complainedAt < QUIET) return;
    this.#complainedAt = now;
    watch.trouble(text);
  }
}
