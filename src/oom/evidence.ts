// What can be known about a death: counters then and now, and what the kernel log says of this process.

import type { Cgroup, OomWatch } from '../kernel/port.ts';
import type { Evidence, OomCounters, OomRecord } from '../model/verdict.ts';

/** How things stood before a launch; everything later belongs to that life. */
export interface Baseline {
  readonly counters: OomCounters;
  /**
   * Sequence number of the last OOM record seen; a record of a former owner of the pid is not later. Null: the log had not been read yet, and the machine's
   * counter tells which records came later.
   */
  readonly seq: number | null;
  /** How often the kernel log had overtaken us. */
  readonly losses: number;
  /** What was charged to its cgroup before anybody was in it; null where it cannot be read. */
  readonly charge: ReturnType<Cgroup['charge']>;
}

interface Subject {
  readonly baseline: Baseline;
  readonly cgroup: Cgroup | null;
  readonly leaderPid: number;
  /** Pids that were seen among its members; for places where no cgroup tells. */
  readonly members?: ReadonlySet<number>;
}

export interface EvidenceGatherer {
  /** Before a launch, which does not wait for the first reading of the log: that takes 10 ms where it is long. */
  note(cgroup: Cgroup | null): Baseline;
  /** Reads the log for the first time, if nobody has; while nothing happens. */
  readLog(): void;
  /** After a death or a rise of a counter. Cheap: about 50 µs, and 300 µs more when the OOM killer was at work. */
  gather(subject: Subject): Evidence;
  /** All that the log still says, of lives of which no baseline is known: those under the supervisor before this one, and its own. */
  recall(): Pick<Evidence, 'records' | 'kernelLog'>;
}

/** Records kept for processes whose turn has not come yet. */
const KEPT = 256;

/** Path of a record within a process's cgroup: at its end or above something of its own making. */
export const isWithin = (path: string, own: string): boolean => path === own || path.startsWith(`${own}/`);

/** In a cgroup namespace we know only the end of our path; the log writes it from the machine's root. */
export const isWithinSuffix = (path: string, own: string): boolean => `${path}/`.includes(`${own}/`);

const countersNow = (oom: OomWatch, cgroup: Cgroup | null): OomCounters => ({
  ...(cgroup?.counters() ?? { cgroup: null, limitHits: null }),
  machine: oom.machineKills(),
});

/** How the log stood when it was first read. */
interface FirstReading {
  /** The machine's counter just before; null when it could not be read. */
  readonly kills: number | null;
  /** Sequence numbers of all its records. */
  readonly seqs: readonly number[];
}

class Gatherer implements EvidenceGatherer {
  readonly #oom: OomWatch;
  #recent: OomRecord[] = [];
  #seq = -1;
  #losses = 0;
  #log: Evidence['kernelLog'] = 'readable';
  #first: FirstReading | null = null;
  /** The machine's counter at the last drain; while it stands, the log has nothing for us. */
  #drainedAt: number | null = 0;

  constructor(oom: OomWatch) {
    this.#oom = oom;
  }

  note(cgroup: Cgroup | null): Baseline {
    const counters = countersNow(this.#oom, cgroup);
    const { machine } = counters;
    const isRead = this.#first !== null || machine === null;
    if (isRead && (machine === null || machine !== this.#drainedAt)) this.#drain(machine);
    const seq = isRead ? this.#seq : null;
    return { counters, seq, losses: this.#losses, charge: cgroup?.charge() ?? null };
  }

  readLog(): void {
    if (this.#first === null) this.#drain(this.#oom.machineKills());
  }

  gather({ baseline, cgroup, leaderPid, members }: Subject): Evidence {
    const after = countersNow(this.#oom, cgroup);
    // Counted a moment before it is logged, so a drain at the last note may have come too early for this life.
    if (after.machine === null || after.machine !== baseline.counters.machine) this.#drain(after.machine);
    const seq = this.#seqOf(baseline);
    const moved = after.cgroup === null || after.cgroup !== baseline.counters.cgroup;
    const path = cgroup?.memoryPath ?? null;
    const isIts = (record: OomRecord): boolean => {
      if (record.seq <= seq) return false;
      const isMember = record.pid === leaderPid || members?.has(record.pid) === true;
      if (this.#oom.pidsMatch && isMember) return true;
      if (record.taskCgroup === null || path === null) return false;
      return isWithin(record.taskCgroup, path) || (moved && isWithinSuffix(record.taskCgroup, path));
    };
    const kernelLog = this.#log === 'readable' && this.#losses > baseline.losses ? 'lost-records' : this.#log;
    return { before: baseline.counters, after, records: this.#recent.filter(isIts), kernelLog };
  }

  recall(): Pick<Evidence, 'records' | 'kernelLog'> {
    this.#drain(this.#oom.machineKills());
    return { records: this.#recent, kernelLog: this.#log };
  }

  /** As many records as were counted since it was noted are later: the last ones of the first reading. */
  #seqOf({ seq, counters }: Baseline): number {
    if (seq !== null || this.#first === null) return seq ?? -1;
    const { kills, seqs } = this.#first;
    if (kills === null || counters.machine === null) return -1;
    const later = Math.max(0, kills - counters.machine);
    return seqs.at(-1 - later) ?? -1;
  }

  #drain(machine: number | null): void {
    const { records, state } = this.#oom.drainKernelLog();
    this.#first ??= { kills: machine, seqs: records.map(({ seq }) => seq) };
    this.#drainedAt = machine;
    this.#log = state === 'lost-records' ? 'readable' : state;
    if (state === 'lost-records') this.#losses += 1;
    if (records.length === 0) return;
    this.#recent = [...this.#recent, ...records].slice(-KEPT);
    this.#seq = records.at(-1)?.seq ?? this.#seq;
  }
}

export const createEvidence = (oom: OomWatch): EvidenceGatherer => new Gatherer(oom);

/** The baseline after a kill that has been told: it must not be told again at the leader's death. */
export const advance = (baseline: Baseline, told: Evidence): Baseline => ({
  ...baseline,
  counters: told.after,
  seq:
    told.records.length === 0
      ? baseline.seq
      : Math.max(...told.records.map(({ seq }) => seq), baseline.seq ?? -1),
});
