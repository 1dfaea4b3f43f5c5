// Which processes belong together, when no cgroup holds them? Group, session, ancestry and cookie, looked at as one.

import { isDead } from '../kernel/rows.ts';
import type { ProcessRow, Processes } from '../kernel/port.ts';
import type { Identity } from '../model/phase.ts';
import { COOKIE } from './containment.ts';

export interface ScanFor {
  /** Processes known to belong, alive or just ended: their groups, sessions and children belong too. */
  readonly leaders: readonly Identity[];
  /** Whether a value of the cookie marks a member; null when no cookie is known. */
  readonly isMarked: ((cookie: string) => boolean) | null;
  /** Never members: ourselves and our guardian. */
  readonly spare: ReadonlySet<number>;
}

/**
 * What it cannot see: a process that left group and session, whose parents are gone, and that cleared its environment.
 * Only a cgroup or a reaper holds such a one.
 */
export interface Scan {
  /** Every living member that can be seen now. Costs about 25 µs for each process of the machine. */
  look(): readonly Identity[];
  /** Stops every member, and those they fork meanwhile, then kills them all. Returns those it found. */
  kill(): readonly Identity[];
}

/** Rounds of stopping before the kill: each new one means that somebody forked during the last. */
const FREEZE_ROUNDS = 50;
/** Tries to catch a process that forks and ends so fast that no listing of /proc ever shows it. */
const CHASES = 100;
/** Pids given before the last one that a chase looks at too: births during the life of a process that ends at once. */
const BEHIND = 32;

class ProcessScan implements Scan {
  readonly #processes: Processes;
  readonly #wanted: ScanFor;
  /** Start ticks of everybody who was seen to belong; the dead among them still name their groups and sessions. */
  readonly #known = new Map<number, number>();

  constructor(processes: Processes, wanted: ScanFor) {
    this.#processes = processes;
    this.#wanted = wanted;
    for (const one of wanted.leaders) this.#learn(one);
  }

  look(): readonly Identity[] {
    const listed = this.#list();
    return [...listed, ...this.#chase('look')].map(({ pid, startTick }) => ({ pid, startTick }));
  }

  kill(): readonly Identity[] {
    const found = new Map<number, Identity>();
    for (let round = 0; round < FREEZE_ROUNDS; round += 1) {
      const fresh = [...this.#chase('stop'), ...this.#list()].filter((one) => !found.has(one.pid));
      if (fresh.length === 0) break;
      for (const one of fresh) {
        this.#processes.signal(one, 'SIGSTOP');
        found.set(one.pid, one);
      }
    }
    for (const one of found.values()) this.#processes.signal(one, 'SIGKILL');
    return [...found.values()];
  }

  #list(): ProcessRow[] {
    const rows = this.#processes.all().filter((row) => this.#mayBelong(row));
    const members = rows.filter((row) => this.#isKnown(row) || this.#isMarked(row));
    members.forEach((row) => this.#learn(row));
    // Whoever is found may be the group, the session or the parent of one that was passed over before.
    let rest = rows.filter((row) => !this.#isKnown(row));
    for (let more = true; more;) {
      const related = rest.filter((row) => this.#isRelated(row));
      related.forEach((row) => this.#learn(row));
      members.push(...related);
      rest = rest.filter((row) => !this.#isKnown(row));
      more = related.length > 0;
    }
    return members;
  }

  /** Looks straight at the newest pids, each within microseconds of its birth, until no new one comes. */
  #chase(purpose: 'look' | 'stop'): ProcessRow[] {
    const caught: ProcessRow[] = [];
    let last = this.#processes.newest();
    for (let chase = 0; chase < CHASES && last !== null; chase += 1) {
      for (let pid = last; pid > Math.max(1, last - BEHIND); pid -= 1) {
        const row = this.#processes.row(pid);
        if (row === 'gone' || !this.#mayBelong(row) || this.#isKnown(row)) continue;
        if (!this.#isRelated(row) && !this.#isMarked(row)) continue;
        if (purpose === 'stop') this.#processes.signal(row, 'SIGSTOP');
        this.#learn(row);
        caught.push(row);
      }
      const newest = this.#processes.newest();
      if (newest === last) break;
      last = newest;
    }
    return caught;
  }

  #learn({ pid, startTick }: Identity): void {
    this.#known.set(pid, startTick);
  }

  #isKnown({ pid, startTick }: Identity): boolean {
    return this.#known.get(pid) === startTick;
  }

  /** A number that has a new owner names a stranger's group from now on. */
  #mayBelong(row: ProcessRow): boolean {
    const tick = this.#known.get(row.pid);
    if (tick !== undefined && tick !== row.startTick) this.#known.delete(row.pid);
    return !isDead(row) && !this.#wanted.spare.has(row.pid);
  }

  #isRelated({ pgid, sid, ppid }: ProcessRow): boolean {
    return this.#known.has(pgid) || this.#known.has(sid) || this.#known.has(ppid);
  }

  #isMarked({ pid }: ProcessRow): boolean {
    if (this.#wanted.isMarked === null) return false;
    const cookie = this.#processes.environ(pid, COOKIE);
    return typeof cookie !== 'string' && cookie.value !== null && this.#wanted.isMarked(cookie.value);
  }
}

export const createScan = (processes: Processes, wanted: ScanFor): Scan => new ProcessScan(processes, wanted);
