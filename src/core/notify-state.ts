// What has a program said of itself in this life, and what follows from it?

import type { NotifyMessage } from './notify-message.ts';
import type { CoreClock, Process } from './process.ts';
import { quietVerdict } from './unjudged.ts';
import { Watchdog } from './watchdog.ts';

export interface NotifyStateParts {
  readonly process: Process;
  readonly clock: CoreClock;
}

/** Milliseconds between two texts that are announced: some programs tell each request. */
const TEXT_EVERY = 1000;

export class NotifyState {
  readonly #parts: NotifyStateParts;
  readonly #watchdog: Watchdog | null;
  /** What it said last; null when nothing. */
  #text: string | null = null;
  /** What of that was passed on: others may have put their words in its place. */
  #passed: string | null = null;
  #toldAt = -Infinity;
  #disarm: (() => void) | null = null;

  /** From the launch on. */
  constructor(parts: NotifyStateParts) {
    this.#parts = parts;
    const { clock, process } = parts;
    const seconds = process.plan.notify?.watchdog ?? null;
    const silent = (): void => this.#hangs(`it has not said WATCHDOG=1 for ${seconds ?? 0} s (watchdog)`);
    this.#watchdog = seconds === null ? null : new Watchdog({ clock, limit: seconds * 1000, silent });
    if (!this.#saysReady) this.#watchdog?.feed();
  }

  hear({ stage, text, watchdog, extend }: NotifyMessage): void {
    const { process } = this.#parts;
    if (text !== null) this.#text = text === '' ? null : text;
    else if (stage !== null) this.#text = stage === 'ready' ? this.#ownText() : stage;
    if (stage !== null && this.#saysReady) this.#tell(stage === 'ready');
    else if (text !== null || stage !== null) this.#tellSoon();
    if (watchdog === 'alive' || stage === 'ready') this.#watchdog?.feed();
    if (watchdog === 'trigger' && this.#watchdog !== null)
      this.#hangs('it said itself that it has failed (WATCHDOG=trigger)');
    if (extend === null) return;
    this.#watchdog?.extend(extend);
    process.feed({ name: 'extend', ms: extend });
  }

  /** The watchdog could not hear anybody for a while. */
  forgive(): void {
    this.#watchdog?.forgive();
  }

  end(): void {
    this.#watchdog?.stop();
    this.#disarm?.();
  }

  get #saysReady(): boolean {
    return this.#parts.process.plan.notify?.ready === true;
  }

  /** `reloading` is our word for what it did, and over when it is ready again. */
  #ownText(): string | null {
    return this.#text === 'reloading' ? null : this.#text;
  }

  #tell(ready: boolean | null = null): void {
    const { process, clock } = this.#parts;
    this.#disarm?.();
    this.#disarm = null;
    this.#toldAt = clock.now();
    const isNew = this.#text !== this.#passed;
    this.#passed = this.#text;
    process.learn({ ...(isNew && { text: this.#text }), ...(ready !== null && { ready }) });
  }

  /** The last of several texts in a second. */
  #tellSoon(): void {
    const { clock } = this.#parts;
    const wait = this.#toldAt + TEXT_EVERY - clock.now();
    if (wait <= 0) this.#tell();
    else this.#disarm ??= clock.after(wait, () => this.#tell());
  }

  #hangs(because: string): void {
    const { process } = this.#parts;
    const { name } = process.phase;
    if (name !== 'starting' && name !== 'running') return;
    process.feed({ name: 'condemn', reason: 'watchdog', verdict: quietVerdict('no', because) });
  }
}
