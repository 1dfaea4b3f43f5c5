// Was a member killed while its leader lives on? Compares counters once per tick; owns no timer.

import type { Cgroup, OomWatch, Processes } from '../kernel/port.ts';
import type { Identity } from '../model/phase.ts';
import type { Evidence } from '../model/verdict.ts';
import { advance, type Baseline, type EvidenceGatherer } from './evidence.ts';

interface Followed {
  readonly leader: Identity;
  /** Null where no cgroup can be had. */
  readonly cgroup: Cgroup | null;
  readonly baseline: Baseline;
  /** Pids of all members now: looked at only where no cgroup counts. */
  readonly members: () => readonly number[];
}

export interface MemoryWatch {
  /** From a launch on. A later call for the same key begins a new life. */
  follow(key: string, followed: Followed): void;
  /** The baseline as it stands now: kills already told are behind it. Null when the key is not followed. */
  baseline(key: string): Baseline | null;
  forget(key: string): void;
  /** Once per second; costs one read of 25 µs while the OOM killer does nothing. */
  tick(): void;
  /** Looks at one process now, where the kernel has told of a change. */
  look(key: string): void;
}

export interface MemoryWatchParts {
  readonly oom: OomWatch;
  readonly processes: Pick<Processes, 'alive'>;
  readonly evidence: EvidenceGatherer;
  /** A member was killed and the leader lives. Told once per rise of the counter. */
  readonly killed: (key: string, evidence: Evidence) => void;
}

interface Entry extends Followed {
  baseline: Baseline;
  /** The counter rose, but it may have been the leader, who takes a while to die; asked again at the next tick. */
  suspected: boolean;
  /** Where no cgroup counts: who was a member at the last two looks. A victim is found in the log by its pid alone. */
  pids: readonly [ReadonlySet<number>, ReadonlySet<number>];
}

/** Processes whose counters are read in one turn of the event loop. */
const IN_ONE_TURN = 50;

const NOBODY: ReadonlySet<number> = new Set();

/** Counters are never absent for a while: a cgroup has a memory controller or has none. */
const isCounted = ({ baseline }: Entry): boolean => baseline.counters.cgroup !== null;

class Watch implements MemoryWatch {
  readonly #parts: MemoryWatchParts;
  readonly #entries = new Map<string, Entry>();
  /** Those of them that no cgroup counts. */
  readonly #uncounted = new Map<string, Entry>();
  #machine: number | null;
  /** The machine counts a moment before the cgroup does, so each rise is looked at twice. */
  #again = false;

  constructor(parts: MemoryWatchParts) {
    this.#parts = parts;
    this.#machine = parts.oom.machineKills();
  }

  follow(key: string, followed: Followed): void {
    const entry: Entry = { ...followed, suspected: false, pids: [NOBODY, NOBODY] };
    this.#entries.set(key, entry);
    if (!isCounted(entry)) this.#uncounted.set(key, entry);
  }

  baseline(key: string): Baseline | null {
    return this.#entries.get(key)?.baseline ?? null;
  }

  forget(key: string): void {
    this.#entries.delete(key);
    this.#uncounted.delete(key);
  }

  tick(): void {
    this.#parts.evidence.readLog();
    const machine = this.#parts.oom.machineKills();
    const rose = machine === null || machine !== this.#machine;
    this.#machine = machine;
    const look = rose || this.#again;
    if (look) {
      this.#again = rose;
      this.#examineEach([...this.#entries].flatMap(([key, entry]) => (isCounted(entry) ? [key] : [])));
    }
    // A victim is found by its pid, which the log of another namespace does not tell.
    if (this.#parts.oom.pidsMatch)
      this.#uncounted.forEach((entry, key) => {
        if (look) this.#search(key, entry);
        entry.pids = [new Set(entry.members()), entry.pids[0]];
      });
  }

  look(key: string): void {
    this.#examine(key, false);
  }

  /** The rest in later turns of the event loop: a counter is read from a file, 20 µs each. */
  #examineEach(keys: readonly string[]): void {
    for (const key of keys.slice(0, IN_ONE_TURN)) this.#examine(key, true);
    const rest = keys.slice(IN_ONE_TURN);
    if (rest.length > 0) setImmediate(() => this.#examineEach(rest));
  }

  #examine(key: string, atTick: boolean): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    const { leader, cgroup, baseline } = entry;
    const counted = cgroup?.counters().cgroup ?? null;
    if (counted === null || counted === baseline.counters.cgroup) return;
    // A dead leader's own verdict takes the evidence as it is.
    if (!this.#parts.processes.alive(leader)) return;
    const evidence = this.#parts.evidence.gather({ baseline, cgroup, leaderPid: leader.pid });
    if (evidence.records.length === 0 && !(entry.suspected && atTick)) {
      entry.suspected ||= atTick;
      this.#again = true;
      return;
    }
    if (this.#namesLeader(evidence, leader)) return;
    entry.suspected = false;
    entry.baseline = advance(baseline, evidence);
    this.#parts.killed(key, evidence);
  }

  /** Without a counter: the log may name somebody who was a member a moment ago. */
  #search(key: string, entry: Entry): void {
    const { leader, cgroup, baseline, pids } = entry;
    if (!this.#parts.processes.alive(leader)) return;
    const members = new Set([...pids[0], ...pids[1]]);
    const evidence = this.#parts.evidence.gather({ baseline, cgroup, leaderPid: leader.pid, members });
    if (evidence.records.length === 0 || this.#namesLeader(evidence, leader)) return;
    entry.baseline = advance(baseline, evidence);
    this.#parts.killed(key, evidence);
  }

  #namesLeader(evidence: Evidence, leader: Identity): boolean {
    return this.#parts.oom.pidsMatch && evidence.records.some((record) => record.pid === leader.pid);
  }
}

export const createMemoryWatch = (parts: MemoryWatchParts): MemoryWatch => new Watch(parts);
