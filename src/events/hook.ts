// How does one hook get its events? One at a time, tried again, never more waiting than it may, and nobody waits for it.

import { covers } from '../model/event-names.ts';
import type { HookPlan, HookStatus } from '../model/hook.ts';
import { type About, type Message, messageOf } from './message.ts';
import type { Note } from './note.ts';

/** Longest delay between two attempts, milliseconds. */
const LONGEST = 60_000;

/** Characters of all payloads that wait: output of programs can be large. */
const MAX_CHARS = 4_194_304;

/** Why an attempt failed. */
export interface HookFailure {
  readonly why: string;
  /** Another attempt would fare no better. */
  readonly final: boolean;
}

/** One attempt; null when it went well. `abort`: there is no more time. */
export type Send = (message: Message, abort: AbortSignal) => Promise<HookFailure | null>;

export interface HookParts {
  readonly plan: HookPlan;
  readonly host: string;
  /** supervisord's identifier. */
  readonly supervisor: string;
  readonly send: Send;
  readonly clock: {
    /** Milliseconds since the epoch. */
    wall(): number;
    /** Calls back once after milliseconds; the returned function disarms. */
    after(ms: number, call: () => void): () => void;
  };
  /** For the journal. */
  readonly say: (text: string) => void;
}

export class Hook {
  readonly #parts: HookParts;
  readonly #abort = new AbortController();
  #queue: Message[] = [];
  #serial = 0;
  #counts = { sent: 0, failed: 0, dropped: 0 };
  #lastFailure: HookStatus['lastFailure'] = null;
  /** Lost since it was said last that some are. */
  #troubled = { failed: 0, dropped: 0 };
  #working = false;
  /** Set while it waits between two attempts. */
  #hurry: (() => void) | null = null;
  #closing = false;
  #atRest: (() => void)[] = [];

  constructor(parts: HookParts) {
    this.#parts = parts;
  }

  get plan(): HookPlan {
    return this.#parts.plan;
  }

  get status(): HookStatus {
    const { name, act } = this.plan;
    const waiting = this.#queue.length + (this.#working ? 1 : 0);
    return { name, kind: act.kind, ...this.#counts, waiting, lastFailure: this.#lastFailure };
  }

  wants(name: Note['name']): boolean {
    return this.plan.on.some((asked) => covers(asked, name));
  }

  accept(note: Note, about: About): void {
    if (this.#abort.signal.aborted) return;
    const { host, supervisor, clock } = this.#parts;
    this.#serial += 1;
    this.#makeRoom(note);
    this.#queue.push(messageOf(note, about, { serial: this.#serial, at: clock.wall(), host, supervisor }));
    // Later: whoever announces has a program to start.
    if (this.#working) return;
    this.#working = true;
    setImmediate(() => void this.#work());
  }

  /** Tries at once what waits, for so many milliseconds; then gives up. Resolves when nothing is on its way any more. */
  async close(ms: number): Promise<void> {
    this.#closing = true;
    this.#hurry?.();
    const disarm = this.#parts.clock.after(ms, () => this.#giveUp());
    if (this.#working) await new Promise<void>((resolve) => void this.#atRest.push(resolve));
    disarm();
    this.#giveUp();
    this.#tellEnd('is closed');
  }

  /** The oldest go. */
  #makeRoom({ payload }: Note): void {
    let size = this.#queue.reduce((sum, waiting) => sum + waiting.payload.length, payload.length);
    let last = 0;
    while (
      last < this.#queue.length &&
      (this.#queue.length - last >= this.plan.bufferSize || size > MAX_CHARS)
    ) {
      size -= this.#queue[last]?.payload.length ?? 0;
      last += 1;
    }
    this.#drop(this.#queue.splice(0, last));
  }

  async #work(): Promise<void> {
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift())
      await this.#deliver(next);
    this.#working = false;
    for (const call of this.#atRest.splice(0)) call();
  }

  async #deliver(message: Message): Promise<void> {
    const { attempts, retryDelay } = this.plan;
    for (let attempt = 1; ; attempt += 1) {
      const failure = await this.#attempt(message);
      if (failure === null) {
        this.#counts.sent += 1;
        if (!this.#closing) this.#tellEnd('works again');
        return;
      }
      this.#lastFailure = { at: Math.round(this.#parts.clock.wall() / 1000), why: failure.why };
      const last = failure.final || attempt >= attempts || this.#abort.signal.aborted;
      if (last) return this.#fail(message, failure.why);
      await this.#pause(Math.min(LONGEST, retryDelay * 1000 * 2 ** (attempt - 1)));
    }
  }

  async #attempt(message: Message): Promise<HookFailure | null> {
    const { signal } = this.#abort;
    if (signal.aborted) return { why: 'there was no more time before the end', final: true };
    try {
      return await this.#parts.send(message, signal);
    } catch (bug) {
      return { why: `a bug of tsvisor: ${String(bug)}`, final: true };
    }
  }

  #pause(ms: number): Promise<void> {
    if (this.#closing) return Promise.resolve();
    return new Promise((resolve) => {
      const end = (): void => {
        disarm();
        this.#hurry = null;
        resolve();
      };
      const disarm = this.#parts.clock.after(ms, end);
      this.#hurry = end;
    });
  }

  #giveUp(): void {
    this.#abort.abort();
    this.#drop(this.#queue.splice(0));
    this.#hurry?.();
  }

  #fail({ event }: Message, why: string): void {
    this.#counts.failed += 1;
    this.#troubled.failed += 1;
    if (this.#troubled.failed === 1)
      this.#parts.say(`hook ${this.plan.name} cannot take ${event}: ${why}; further failures are counted`);
  }

  #drop(messages: readonly Message[]): void {
    if (messages.length === 0) return;
    const first = this.#troubled.dropped === 0;
    this.#counts.dropped += messages.length;
    this.#troubled.dropped += messages.length;
    if (first && !this.#abort.signal.aborted)
      this.#parts.say(
        `hook ${this.plan.name} is too slow: ${this.#queue.length + messages.length} events wait, the oldest are dropped and counted`,
      );
  }

  #tellEnd(what: string): void {
    const { failed, dropped } = this.#troubled;
    this.#troubled = { failed: 0, dropped: 0 };
    if (failed + dropped > 0)
      this.#parts.say(`hook ${this.plan.name} ${what}: ${failed} events had failed, ${dropped} were dropped`);
  }
}
