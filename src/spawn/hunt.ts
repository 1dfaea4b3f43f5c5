// What did an earlier tsvisor of the same identity leave behind? Found by cgroup, ledger and cookie, and killed before the first launch.

import type { CgroupTier, Clock, Processes } from '../kernel/port.ts';
import type { Identity } from '../model/phase.ts';
import { createPace } from './pace.ts';
import { identitiesOf } from './reach.ts';
import { createScan, type Scan } from './scan.ts';

export interface HuntParts {
  readonly processes: Processes;
  readonly clock: Clock;
  readonly tier: CgroupTier | null;
  /** First part of every cookie. */
  readonly instance: string;
  /** Leaders that the last supervisor had written down in this boot. */
  readonly ledger: readonly Identity[];
  /** Never hunted: ourselves and our guardian. */
  readonly spare: ReadonlySet<number>;
}

type FoundBy = 'cgroup' | 'ledger' | 'scan';

export interface HuntReport {
  /** Each process once, under the first that found it. `scan`: by cookie, or by kinship with one that was found. */
  readonly found: Readonly<Record<FoundBy, readonly Identity[]>>;
  readonly killed: number;
  /** Milliseconds. */
  readonly took: number;
  /** Those that SIGKILL has not removed within 10 s. */
  readonly remaining: readonly Identity[];
}

/** Milliseconds. */
const TIMEOUT_MS = 10_000;

class Hunt {
  readonly found: Record<FoundBy, Identity[]> = { cgroup: [], ledger: [], scan: [] };
  readonly #parts: HuntParts;
  readonly #leaders: readonly Identity[];
  readonly #scan: Scan;
  readonly #seen = new Set<string>();

  constructor(parts: HuntParts) {
    const { processes, instance, spare, ledger } = parts;
    this.#parts = parts;
    // The group of a leader that is gone may have a new owner after so long: only the living are followed.
    this.#leaders = ledger.filter((one) => processes.alive(one) && !spare.has(one.pid));
    const isMarked = (cookie: string): boolean => cookie.startsWith(`${instance}:`);
    this.#scan = createScan(processes, { leaders: this.#leaders, isMarked, spare });
  }

  /** Everybody who is left now. */
  look(): readonly Identity[] {
    const { processes, spare } = this.#parts;
    const inCgroup = this.#everyone().filter((pid) => !spare.has(pid));
    this.#note('cgroup', identitiesOf(processes, inCgroup));
    this.#note(
      'ledger',
      this.#leaders.filter((one) => processes.alive(one)),
    );
    this.#note('scan', this.#scan.look());
    return Object.values(this.found)
      .flat()
      .filter((one) => processes.alive(one));
  }

  strike(): void {
    // Our own cgroups with us inside: killed one by one then, since one write would take us along.
    if (!this.#everyone().some((pid) => this.#parts.spare.has(pid))) this.#parts.tier?.killEveryone();
    this.#note('scan', this.#scan.kill());
    for (const one of this.look()) this.#parts.processes.signal(one, 'SIGKILL');
  }

  #everyone(): readonly number[] {
    return this.#parts.tier?.everyone() ?? [];
  }

  #note(by: FoundBy, found: readonly Identity[]): void {
    for (const { pid, startTick } of found) {
      const key = `${pid}:${startTick}`;
      if (!this.#seen.has(key)) this.found[by].push({ pid, startTick });
      this.#seen.add(key);
    }
  }
}

/**
 * Kills in rounds until a look finds nobody. Costs one look at every process of the machine, about 25 µs each, when
 * there is nothing to find.
 */
export const hunt = async (parts: HuntParts): Promise<HuntReport> => {
  const { clock, processes } = parts;
  const began = clock.now();
  const until = began + TIMEOUT_MS;
  const party = new Hunt(parts);
  let left = party.look();
  while (left.length > 0 && clock.now() < until) {
    party.strike();
    const pace = createPace(clock, 'cheap');
    const struck = party.look();
    while (clock.now() < until && struck.some((one) => processes.alive(one))) await pace.rest(until);
    left = party.look();
  }
  const killed = Object.values(party.found).flat().length - left.length;
  return { found: party.found, killed, took: clock.now() - began, remaining: left };
};
