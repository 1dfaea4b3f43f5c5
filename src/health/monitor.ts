// When is one process looked at, over one life of it, and what comes of that?

import type { HealthPlan } from '../model/duty.ts';
import type { ConcurrencyLimit } from './concurrency-limit.ts';
import { isStarting, healthAfter, UNKNOWN, type HealthState } from './health-state.ts';

/** One check: why it failed, in one line, or null. Ends soon after `abort`, and never throws. */
export type RunCheck = (abort: AbortSignal) => Promise<string | null>;

interface MonitorClock {
  /** Monotonic milliseconds. */
  now(): number;
  after(ms: number, call: () => void): () => void;
}

export interface MonitorParts {
  readonly plan: HealthPlan;
  readonly run: RunCheck;
  readonly clock: MonitorClock;
  readonly limit: ConcurrencyLimit;
  /** After every check; `failure` is what the last one found, null when it passed. */
  readonly tell: (state: HealthState, failure: string | null) => void;
  readonly onBug: (bug: unknown) => void;
}

/** Milliseconds between the looks at a program that is on its way up. */
const STARTING_MS = 1000;

export class Monitor {
  readonly plan: HealthPlan;
  readonly #parts: MonitorParts;
  readonly #begun: number;
  #state = UNKNOWN;
  #disarm: (() => void) | null = null;
  #looking: AbortController | null = null;
  #ended = false;

  constructor(parts: MonitorParts) {
    this.plan = parts.plan;
    this.#parts = parts;
    this.#begun = parts.clock.now();
    this.#wait(0);
  }

  /** Something has happened that a check will find: looks at once, unless it is looking already. */
  hurry(): void {
    if (this.#disarm === null) return;
    this.#disarm();
    this.#begin();
  }

  /** The life is over: nothing is told any more. */
  end(): void {
    this.#ended = true;
    this.#disarm?.();
    this.#looking?.abort();
  }

  get #age(): number {
    return this.#parts.clock.now() - this.#begun;
  }

  #wait(ms: number): void {
    this.#disarm = this.#parts.clock.after(ms, () => this.#begin());
  }

  #begin(): void {
    this.#disarm = null;
    this.#check().catch(this.#parts.onBug);
  }

  /** The next one is armed when this one has ended, however late: two of them never overlap. */
  async #check(): Promise<void> {
    const looking = new AbortController();
    this.#looking = looking;
    let ended: Promise<unknown> = Promise.resolve();
    const failure = await this.#parts.limit.run(() => {
      if (this.#ended) return Promise.resolve(null);
      const looked = this.#parts.run(looking.signal);
      ended = looked;
      return this.#inTime(looked, looking);
    });
    if (!this.#ended) this.#judge(failure);
    await ended;
    if (this.#ended) return;
    const { interval } = this.plan;
    const isQuick = isStarting(this.#state, this.plan, this.#age);
    this.#wait(isQuick ? Math.min(STARTING_MS, interval * 1000) : interval * 1000);
  }

  #inTime(looked: Promise<string | null>, looking: AbortController): Promise<string | null> {
    const { timeout } = this.plan;
    return new Promise((resolve, reject) => {
      const disarm = this.#parts.clock.after(timeout * 1000, () => {
        resolve(`no answer within ${timeout} s`);
        looking.abort();
      });
      looked.finally(disarm).then(resolve, reject);
    });
  }

  #judge(failure: string | null): void {
    this.#state = healthAfter(this.#state, { failure, age: this.#age }, this.plan);
    this.#parts.tell(this.#state, failure);
  }
}
