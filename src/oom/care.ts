// Is a process using too much, or waiting too long for memory, before the kernel has to kill? Looked at once per second; owns no timer.

import type { Processes } from '../kernel/port.ts';
import type { LimitWatch, MemoryCare, OnPressure } from '../model/memory-care.ts';

/** What is to be done something about. Bytes, or percent of time. */
export interface CareNews {
  readonly kind: 'soft' | 'hard' | 'pressure';
  readonly value: number;
  readonly limit: number;
}

interface Cared {
  readonly care: Pick<MemoryCare, 'limitWatch' | 'onPressure'>;
  readonly members: () => readonly number[];
  /** Microseconds since boot in which a member waited for memory; null where it cannot be read. */
  readonly waited: () => number | null;
}

export interface CareWatchParts {
  readonly processes: Pick<Processes, 'memory' | 'pss'>;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly tell: (key: string, news: CareNews) => void;
}

export interface CareWatch {
  /** From a launch on, and when its plan has changed; a later call for the same key begins anew. */
  follow(key: string, cared: Cared): void;
  forget(key: string): void;
  /** Bytes of all members at the last tick; null where no limit is watched. */
  used(key: string): number | null;
  tick(): void;
}

interface Entry extends Cared {
  used: number | null;
  /** Told, and not yet back below. */
  soft: boolean;
  hard: boolean;
  last: { readonly at: number; readonly waited: number } | null;
  /** Since when pressure has been above; null when it is not. */
  since: number | null;
}

/** Below this part of the soft limit it is told anew. */
const BACK = 0.9;

class Watch implements CareWatch {
  readonly #parts: CareWatchParts;
  readonly #entries = new Map<string, Entry>();

  constructor(parts: CareWatchParts) {
    this.#parts = parts;
  }

  follow(key: string, cared: Cared): void {
    this.#entries.set(key, { ...cared, used: null, soft: false, hard: false, last: null, since: null });
  }

  forget(key: string): void {
    this.#entries.delete(key);
  }

  used(key: string): number | null {
    return this.#entries.get(key)?.used ?? null;
  }

  tick(): void {
    for (const [key, entry] of this.#entries) {
      const { limitWatch, onPressure } = entry.care;
      if (limitWatch !== null) this.#weigh(key, entry, limitWatch);
      if (onPressure !== null) this.#feel(key, entry, onPressure);
    }
  }

  #weigh(key: string, entry: Entry, { soft, hard, by }: LimitWatch): void {
    const { processes, tell } = this.#parts;
    const used = entry.members().reduce((sum, pid) => {
      const read = by === 'pss' ? processes.pss(pid) : processes.memory(pid);
      if (typeof read === 'number') return sum + read;
      return typeof read === 'string' ? sum : sum + read.rss;
    }, 0);
    entry.used = used;
    if (hard !== null && used > hard && !entry.hard) {
      entry.hard = true;
      tell(key, { kind: 'hard', value: used, limit: hard });
      return;
    }
    if (soft === null) return;
    if (used > soft && !entry.soft) {
      entry.soft = true;
      tell(key, { kind: 'soft', value: used, limit: soft });
    } else if (used < soft * BACK) entry.soft = false;
  }

  #feel(key: string, entry: Entry, { above, seconds }: OnPressure): void {
    const [at, waited] = [this.#parts.now(), entry.waited()];
    const { last } = entry;
    entry.last = waited === null ? null : { at, waited };
    if (waited === null || last === null || at <= last.at) return;
    const percent = (waited - last.waited) / 10 / (at - last.at);
    if (percent <= above) {
      entry.since = null;
      return;
    }
    entry.since ??= last.at;
    if (at - entry.since < seconds * 1000) return;
    // Told again only when it has lasted as long once more.
    entry.since = at;
    this.#parts.tell(key, { kind: 'pressure', value: Math.round(percent), limit: above });
  }
}

export const createCareWatch = (parts: CareWatchParts): CareWatch => new Watch(parts);
