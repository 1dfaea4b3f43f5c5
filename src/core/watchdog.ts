// Is a program silent for longer than it may be? It is a hang only if we ourselves were there to hear it.

import type { CoreClock } from './process.ts';

export interface WatchdogParts {
  readonly clock: CoreClock;
  /** Milliseconds. */
  readonly limit: number;
  /** Called once. */
  readonly silent: () => void;
}

/** Milliseconds: what was said in time may reach us late. */
const GRACE = 100;
/** A timer that is later than this shows that we were stopped or had no processor: nobody could be heard then. */
const LATE = 1000;
/** A program may ask for so many times its limit at once. */
const MOST_EXTENDED = 10;

export class Watchdog {
  readonly #parts: WatchdogParts;
  #deadline = 0;
  #disarm: (() => void) | null = null;
  #isLast = false;

  constructor(parts: WatchdogParts) {
    this.#parts = parts;
  }

  /** From the first call on it must be called again within the limit. */
  feed(): void {
    this.#allow(this.#parts.limit);
    this.#isLast = false;
    if (this.#disarm === null) this.#arm();
  }

  /** Milliseconds of silence from now on that are no hang. Nothing before it is fed first. */
  extend(ms: number): void {
    if (this.#disarm !== null) this.#allow(Math.min(ms, this.#parts.limit * MOST_EXTENDED));
  }

  /** Nobody could be heard for a while. */
  forgive(): void {
    this.extend(this.#parts.limit);
  }

  stop(): void {
    this.#disarm?.();
    this.#disarm = null;
  }

  #allow(ms: number): void {
    this.#deadline = Math.max(this.#deadline, this.#parts.clock.now() + ms);
  }

  /** Not armed anew by each word: it is looked at when the time is over. */
  #arm(grace = 0): void {
    const { clock } = this.#parts;
    const due = Math.max(clock.now(), this.#deadline) + grace;
    this.#disarm = clock.after(due - clock.now(), () => this.#look(due));
  }

  #look(due: number): void {
    const now = this.#parts.clock.now();
    if (now - due > LATE) this.#allow(this.#parts.limit / 2);
    if (now < this.#deadline) this.#arm();
    else if (!this.#isLast) {
      this.#isLast = true;
      this.#arm(GRACE);
    } else {
      this.#disarm = null;
      this.#parts.silent();
    }
  }
}
