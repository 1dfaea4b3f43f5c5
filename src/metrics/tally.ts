// What has happened so far? Counts of restarts, OOM kills and deaths that outlive every process and the supervisor.

import type { Event, ProcessName } from '../model/event.ts';
import { namespec } from '../model/name.ts';
import { isGivenUp, type Death, type Reason } from '../model/phase.ts';
import { isOom, type Verdict } from '../model/verdict.ts';
import type { HistogramValue } from './exposition.ts';
import { CpuSpent } from './spent.ts';
import { observe, RECOVERY_BOUNDS, restoreHistogram, SWEEP_BOUNDS } from './histogram.ts';

/** Why a process was started again. */
type RestartCause = 'oom' | 'exit' | 'signal' | 'watchdog' | 'unhealthy' | 'operator';

export interface ProcessTally {
  /** By RestartCause. */
  readonly restarts: Readonly<Record<string, number>>;
  /** By `cause/certainty`. */
  readonly oomKills: Readonly<Record<string, number>>;
  /** Epoch seconds; 0 when never. */
  readonly lastDeath: number;
}

/** What is kept in the file. */
export interface Kept {
  readonly version: 1;
  readonly processes: Readonly<Record<string, ProcessTally>>;
  readonly sweeps: HistogramValue;
  readonly recoveries: HistogramValue;
  readonly supervisorDeaths: Readonly<Record<string, number>>;
  /** Seconds of CPU, by namespec. */
  readonly cpu: Readonly<Record<string, number>>;
}

/** Of processes that are gone from the config too; the least recently counted are forgotten first. */
const MOST_PROCESSES = 4000;

const FRESH: ProcessTally = { restarts: {}, oomKills: {}, lastDeath: 0 };

interface TallyClock {
  /** Monotonic milliseconds. */
  now(): number;
  /** Milliseconds since the epoch. */
  wall(): number;
}

/** The end of a life that nobody has followed yet. */
interface Pending {
  readonly cause: RestartCause;
  /** Monotonic milliseconds; null when it cannot be known. */
  readonly diedAt: number | null;
}

const plusOne = (counts: Readonly<Record<string, number>>, name: string): Record<string, number> => ({
  ...counts,
  [name]: (counts[name] ?? 0) + 1,
});

const causeOf = (death: Death, reason: Reason): RestartCause => {
  if (isOom(death.verdict) || reason === 'oom-group' || reason === 'oom-member') return 'oom';
  if (isGivenUp(reason)) return reason;
  if (reason !== 'died') return 'operator';
  return death.exit.signal === null ? 'exit' : 'signal';
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const countsOf = (value: unknown): Record<string, number> =>
  Object.fromEntries(
    Object.entries(isRecord(value) ? value : {}).filter((entry): entry is [string, number] =>
      Number.isSafeInteger(entry[1]),
    ),
  );

const tallyOf = (value: unknown): ProcessTally => {
  const record = isRecord(value) ? value : {};
  const { restarts, oomKills, lastDeath } = record;
  return {
    restarts: countsOf(restarts),
    oomKills: countsOf(oomKills),
    lastDeath: typeof lastDeath === 'number' ? lastDeath : 0,
  };
};

export class Tally {
  readonly #clock: TallyClock;
  readonly #changed: (urgent: boolean) => void;
  readonly #processes: Map<string, ProcessTally>;
  readonly #launchedAt = new Map<string, number>();
  readonly #pending = new Map<string, Pending>();
  #sweeps: HistogramValue;
  #recoveries: HistogramValue;
  #supervisorDeaths: Record<string, number>;
  readonly #cpu: CpuSpent;

  /** `kept` is what a file held, of whatever shape; `changed` hears when it is to be written, at once when urgent. */
  constructor(kept: unknown, clock: TallyClock, changed: (urgent: boolean) => void) {
    const { processes, sweeps, recoveries, supervisorDeaths, cpu } = isRecord(kept) ? kept : {};
    this.#clock = clock;
    this.#changed = changed;
    this.#processes = new Map(
      Object.entries(isRecord(processes) ? processes : {}).map(([key, value]) => [key, tallyOf(value)]),
    );
    this.#sweeps = restoreHistogram(sweeps, SWEEP_BOUNDS);
    this.#recoveries = restoreHistogram(recoveries, RECOVERY_BOUNDS);
    this.#supervisorDeaths = countsOf(supervisorDeaths);
    this.#cpu = new CpuSpent(cpu);
  }

  get sweeps(): HistogramValue {
    return this.#sweeps;
  }
  get recoveries(): HistogramValue {
    return this.#recoveries;
  }
  /** By `cause/certainty`. */
  get supervisorDeaths(): Readonly<Record<string, number>> {
    return this.#supervisorDeaths;
  }

  of(process: ProcessName): ProcessTally {
    return this.#processes.get(namespec(process)) ?? FRESH;
  }

  /** Seconds of CPU over all supervisors, when this one has seen so many. */
  spent(key: string, seen: number): number {
    return this.#cpu.total(key, seen);
  }

  /** What has been told to somebody is written, so that no later supervisor tells less. */
  told(): void {
    if (this.#cpu.grown) this.#changed(true);
  }

  kept(): Kept {
    return {
      version: 1,
      processes: Object.fromEntries(this.#processes),
      sweeps: this.#sweeps,
      recoveries: this.#recoveries,
      supervisorDeaths: this.#supervisorDeaths,
      cpu: this.#cpu.kept(MOST_PROCESSES),
    };
  }

  /** The supervisor before this one did not end by itself. */
  supervisorDied({ cause, oom }: Verdict): void {
    this.#supervisorDeaths = plusOne(this.#supervisorDeaths, `${cause}/${oom}`);
    this.#changed(true);
  }

  hear(event: Event): void {
    if (event.type === 'launched') this.#launched(event.process);
    else if (event.type === 'died') this.#died(event);
    else if (event.type === 'swept') this.#swept(event.swept);
    else if (event.type === 'member-killed' && isOom(event.verdict))
      this.#killed(event.process, event.verdict);
  }

  #launched(process: ProcessName): void {
    const key = namespec(process);
    const now = this.#clock.now();
    this.#launchedAt.set(key, now);
    const pending = this.#pending.get(key);
    if (pending === undefined) return;
    this.#pending.delete(key);
    const tally = this.of(process);
    this.#count(key, { ...tally, restarts: plusOne(tally.restarts, pending.cause) });
    if (pending.diedAt !== null && pending.cause !== 'operator')
      this.#recoveries = observe(this.#recoveries, (now - pending.diedAt) / 1000);
    this.#changed(false);
  }

  #died({ process, death, reason }: Extract<Event, { type: 'died' }>): void {
    const key = namespec(process);
    const launchedAt = this.#launchedAt.get(key);
    const diedAt = launchedAt === undefined ? null : launchedAt + death.lived;
    this.#pending.set(key, { cause: causeOf(death, reason), diedAt });
    this.#count(key, { ...this.of(process), lastDeath: Math.round(death.at / 1000) });
    if (death.verdict !== null && isOom(death.verdict)) this.#killed(process, death.verdict);
    else this.#changed(false);
  }

  #swept({ took }: { readonly took: number }): void {
    this.#sweeps = observe(this.#sweeps, took / 1000);
    this.#changed(false);
  }

  #killed(process: ProcessName, { cause, oom }: Verdict): void {
    const tally = this.of(process);
    const oomKills = plusOne(tally.oomKills, `${cause}/${oom}`);
    this.#count(namespec(process), { ...tally, oomKills });
    this.#changed(true);
  }

  /** The most recently counted stand last. */
  #count(key: string, tally: ProcessTally): void {
    this.#processes.delete(key);
    this.#processes.set(key, tally);
    if (this.#processes.size <= MOST_PROCESSES) return;
    const [oldest] = this.#processes.keys();
    if (oldest !== undefined) this.#processes.delete(oldest);
  }
}
