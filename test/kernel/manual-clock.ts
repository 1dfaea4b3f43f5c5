// How do tests let time pass? A clock that only moves when told, calling what falls due on the way, in order.

import type { Clock } from '../../src/kernel/port.ts';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly call: () => void;
}

export class ManualClock implements Clock {
  #now: number;
  readonly #epoch: number;
  #order = 0;
  readonly #timers = new Set<Timer>();

  constructor(now = 1000, epoch = 1_700_000_000_000) {
    this.#now = now;
    this.#epoch = epoch - now;
  }

  now(): number {
    return this.#now;
  }

  wall(): number {
    return this.#epoch + this.#now;
  }

  after(ms: number, call: () => void): () => void {
    this.#order += 1;
    const timer = { at: this.#now + Math.max(0, ms), order: this.#order, call };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Armed and not yet called; an idle machine has none. */
  get armed(): number {
    return this.#timers.size;
  }

  /** Milliseconds until the next timer; null when none is armed. */
  get next(): number | null {
    const first = this.#first();
    return first === null ? null : first.at - this.#now;
  }

  advance(ms: number): void {
    const end = this.#now + ms;
    for (let timer = this.#first(); timer !== null && timer.at <= end; timer = this.#first()) {
      this.#timers.delete(timer);
      this.#now = timer.at;
      timer.call();
    }
    this.#now = end;
  }

  /** Advances and lets promises settle after each timer, for code that awaits between timers. */
  async advanceAsync(ms: number): Promise<void> {
    const end = this.#now + ms;
    await turn();
    for (let next = this.next; next !== null && this.#now + next <= end; next = this.next) {
      this.advance(next);
      await turn();
    }
    this.advance(Math.max(0, end - this.#now));
    await turn();
  }

  #first(): Timer | null {
    let first: Timer | null = null;
    for (const timer of this.#timers)
      if (first === null || timer.at < first.at || (timer.at === first.at && timer.order < first.order))
        first = timer;
    return first;
  }
}

/** One turn of the event loop: everything that is already settled has been told. */
export const turn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });
