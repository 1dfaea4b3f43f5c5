// How did memory go before a kill? The last minute of each process whose memory is worth a look, once per second; owns no timer.

import type { Headroom } from '../kernel/headroom.ts';
import type { MemorySample } from '../model/oom-report.ts';

interface Sampled {
  /** Bytes of the limit or watch that stands nearest; null for none. */
  readonly limit: number | null;
  /** Bytes of all its members; null when it cannot be read. */
  readonly memory: () => number | null;
  /** The kernel's own oom_score of its leader. */
  readonly score: () => number | null;
}

export interface SampleParts {
  readonly headroom: () => Headroom;
  /** Bytes of all processes together, which one read tells; null where none does. */
  readonly together: () => number | null;
  /** Percent of the last ten seconds in which somebody waited for memory. */
  readonly pressure: () => number | null;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

export interface Samples {
  /** From a launch on; a later call for the same key begins a new life. */
  follow(key: string, sampled: Sampled): void;
  /** Its plan has changed. */
  limit(key: string, bytes: number | null): void;
  /** Its leader has died: what was sampled is kept until the next life. */
  rest(key: string): void;
  forget(key: string): void;
  /** Oldest first, at most a minute. */
  of(key: string): readonly MemorySample[];
  tick(): void;
}

interface Machine {
  readonly available: number | null;
  readonly pressure: number | null;
}

interface Taken {
  readonly at: number;
  readonly memory: number | null;
  readonly score: number | null;
  /** One for all that were sampled at the same tick. */
  readonly machine: Machine;
}

interface Entry extends Sampled {
  limit: number | null;
  taken: Taken[];
  resting: boolean;
}

/** Samples kept of one process; milliseconds they may be old. */
const KEPT = 60;
const MINUTE = 60_000;
/** Ticks between two looks at how much is left, and at what is calm: where one read tells whether anything moves, and where none does. */
const LOOK = 5;
const CALM = { told: 30, untold: 5 } as const;
/** Bytes by which all together must change before those that are calm are looked at. */
const STIR = 1024 * 1024;
/** Memory is short when less than this part of it is left: then those without a limit are sampled too. */
const SHORT = 0.25;
/** It moves when it has changed by this part of itself. */
const MOVES = 1 / 32;

const isCalm = ({ taken, limit }: Entry): boolean => {
  const [last, before] = [taken.at(-1)?.memory, taken.at(-2)?.memory];
  if (typeof last !== 'number' || typeof before !== 'number') return false;
  return last < (limit ?? Infinity) / 2 && Math.abs(last - before) <= before * MOVES;
};

class Keeper implements Samples {
  readonly #parts: SampleParts;
  readonly #entries = new Map<string, Entry>();
  /** Those of them that have a limit: the only ones that cost anything in good times. */
  readonly #limited = new Set<Entry>();
  #ticks = 0;
  #short = false;
  /** Bytes of all together when the calm were looked at last. */
  #together = 0;

  constructor(parts: SampleParts) {
    this.#parts = parts;
  }

  follow(key: string, sampled: Sampled): void {
    this.forget(key);
    const entry: Entry = { ...sampled, taken: [], resting: false };
    this.#entries.set(key, entry);
    if (entry.limit !== null) this.#limited.add(entry);
  }

  limit(key: string, bytes: number | null): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    entry.limit = bytes;
    if (bytes === null) this.#limited.delete(entry);
    else this.#limited.add(entry);
  }

  rest(key: string): void {
    const entry = this.#entries.get(key);
    if (entry !== undefined) entry.resting = true;
  }

  forget(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#limited.delete(entry);
  }

  of(key: string): readonly MemorySample[] {
    const now = this.#parts.now();
    const taken = this.#entries.get(key)?.taken ?? [];
    return taken
      .filter(({ at }) => now - at <= MINUTE)
      .map(({ at, memory, score, machine }) => ({ before: Math.round(now - at), memory, score, ...machine }));
  }

  tick(): void {
    this.#ticks += 1;
    let available = this.#ticks % LOOK === 0 ? this.#left() : null;
    if (!this.#short && this.#limited.size === 0) return;
    const stirred = this.#isStirred();
    let machine: Machine | null = null;
    for (const entry of this.#short ? this.#entries.values() : this.#limited) {
      if (entry.resting || (!stirred && isCalm(entry))) continue;
      if (machine === null) {
        available ??= this.#left();
        machine = { available, pressure: this.#parts.pressure() };
      }
      this.#take(entry, machine);
    }
  }

  /** Whether those that were calm may not be any more, or it is their turn. */
  #isStirred(): boolean {
    const together = this.#parts.together();
    const isTurn = this.#ticks % (together === null ? CALM.untold : CALM.told) === 0;
    if (!isTurn && Math.abs((together ?? this.#together) - this.#together) < STIR) return false;
    this.#together = together ?? 0;
    return true;
  }

  /** Bytes that are left, where it is tightest. */
  #left(): number | null {
    const { available, total } = this.#parts.headroom();
    this.#short = available !== null && available < total * SHORT;
    return available;
  }

  #take(entry: Entry, machine: Machine): void {
    const memory = entry.memory();
    // What is calm is not asked for its score: half of what a look costs.
    const score = isCalm(entry) ? null : entry.score();
    entry.taken.push({ at: this.#parts.now(), memory, score, machine });
    if (entry.taken.length > KEPT) entry.taken.shift();
  }
}

export const createSamples = (parts: SampleParts): Samples => new Keeper(parts);
