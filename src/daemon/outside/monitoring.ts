// What do those see who watch from outside? Processes as sampled of late, counts of what has happened, and the machine.

import { typedAsk, type TypedAsk } from '../../api/method.ts';
import type { Supervisor } from '../../core/supervisor.ts';
import type { Process } from '../../core/process.ts';
import type { Inspection } from '../../core/hands.ts';
import { processStatus } from '../../core/status.ts';
import { readPressure } from '../../kernel/machine-memory.ts';
import { createUsage } from '../../kernel/usage.ts';
import { openKeeper } from '../../metrics/keep.ts';
import type { ProcessPicture } from '../../metrics/columns.ts';
import type { Picture } from '../../metrics/page.ts';
import { Sampler, type Point, type Reading, type Subject } from '../../metrics/sampler.ts';
import { Tally } from '../../metrics/tally.ts';
import type { Ask, ProcessStatus, SupervisorStatus } from '../../model/command.ts';
import type { Event } from '../../model/event.ts';
import type { ProcessSummary } from '../../model/process-summary.ts';
import type { Identity } from '../../model/phase.ts';
import { ProcessSummaries, type Sampled } from './process-summaries.ts';
import type { Setup } from '../life/setup.ts';
import type { RealHands } from '../hands.ts';
import type { Logging } from '../life/logging.ts';
import { isUpState } from '../../model/state.ts';

export interface MonitoringParts {
  readonly setup: Setup;
  readonly logging: Logging;
  readonly supervisor: Supervisor;
  readonly hands: RealHands;
  readonly tally: Tally;
  readonly about: () => SupervisorStatus;
  readonly ask: Ask;
  readonly subscribe: (hear: (event: Event) => void) => () => void;
  readonly onBug: (bug: unknown) => void;
}

interface Inspected extends Inspection {
  readonly leader: Identity | null;
  /** Bytes charged to its cgroup, where a limit makes them of interest. */
  readonly charged: number | null;
}

/** Milliseconds: a reading that is older is not shown. */
const FRESH_MS = 5000;
/** Readings are kept fresh this long after somebody looked. */
const INTEREST_MS = 60_000;

const PRESSURE = '/proc/pressure/memory';

/** Counts that begin where the last supervisor's ended; written while they change and on every way out. */
export const openTally = ({ settings, linux }: Setup, { journal }: Logging): Tally => {
  const keeper = openKeeper({
    folder: settings.runtimeDir,
    clock: linux.clock,
    kept: () => tally.kept(),
    trouble: (text) => journal.say('warn', text),
  });
  const tally: Tally = new Tally(keeper.found, linux.clock, (urgent) => keeper.changed(urgent));
  process.on('exit', () => keeper.flush());
  return tally;
};

const keyOf = ({ plan }: Process): string => `${plan.group}\0${plan.name}`;

interface Order {
  readonly found: readonly Process[];
  readonly sorted: readonly Process[];
}

const inOrder = (processes: readonly Process[]): readonly Process[] => {
  const keyed = processes.map((process) => ({ process, key: keyOf(process) }));
  return keyed.toSorted((a, b) => (a.key < b.key ? -1 : 1)).map(({ process }) => process);
};

export class Monitoring {
  readonly #parts: MonitoringParts;
  /** Refuses with a TsvisorError. */
  readonly ask: TypedAsk;
  readonly #sampler: Sampler<Inspected>;
  readonly #pressure = readPressure(PRESSURE);
  readonly #summaries: ProcessSummaries;
  #order: Order = { found: [], sorted: [] };
  #lookedAt = -Infinity;
  #warming: NodeJS.Timeout | null = null;

  constructor(parts: MonitoringParts) {
    this.#parts = parts;
    this.ask = typedAsk(parts.ask);
    this.#summaries = new ProcessSummaries(parts.setup.linux.clock);
    this.#sampler = new Sampler({
      subjects: () => parts.supervisor.processes.map((process) => this.#subject(process)),
      usage: createUsage(),
      now: () => parts.setup.linux.clock.now(),
      yieldTurn: () => new Promise((resolve) => void setImmediate(resolve)),
    });
  }

  get tally(): Tally {
    return this.#parts.tally;
  }

  about(): SupervisorStatus {
    return this.#parts.about();
  }

  /** Resolves when every process has been sampled of late. */
  async look(): Promise<void> {
    this.#lookedAt = this.#parts.setup.linux.clock.now();
    this.#warming ??= setInterval(() => this.#keepWarm(), FRESH_MS).unref();
    await this.#sampler.fresh(FRESH_MS + 1000);
    const { supervisor, hands, onBug } = this.#parts;
    // For the next look: nobody waits for a walk through pages.
    hands.proportions.watch(supervisor.processes, (process) => this.#members(process)).catch(onBug);
  }

  /** Sorted by group, then name. */
  statuses(): readonly ProcessStatus[] {
    return this.#sorted().map((process) => this.#status(process));
  }

  /** In the same order. */
  summaries(): readonly ProcessSummary[] {
    return this.#summaries.of(this.#sorted(), (process) => this.#sampled(process));
  }

  /** Of the last minutes, oldest first; empty for a process that nobody has looked at. */
  history(key: string): readonly Point[] {
    return this.#sampler.reading(key)?.history ?? [];
  }

  subscribe(hear: (event: Event) => void): () => void {
    return this.#parts.subscribe(hear);
  }

  get onBug(): (bug: unknown) => void {
    return this.#parts.onBug;
  }

  async picture(): Promise<Picture> {
    await this.look();
    const { setup, logging, tally } = this.#parts;
    const { user, system } = process.cpuUsage();
    const { memory, oom } = setup.linux;
    return {
      supervisor: this.about(),
      own: { memory: process.memoryUsage.rss(), cpuSeconds: (user + system) / 1e6 },
      processes: this.#sorted().map((one) => this.#picture(one)),
      machine: {
        available: memory.available(),
        pressure: this.#pressure(),
        oomKills: oom.machineKills(),
      },
      sweeps: tally.sweeps,
      recoveries: tally.recoveries,
      supervisorDeaths: tally.supervisorDeaths,
      lost: logging.logs.lost,
    };
  }

  #keepWarm(): void {
    if (this.#parts.setup.linux.clock.now() - this.#lookedAt <= INTEREST_MS) {
      this.#sampler.fresh(0).catch(this.#parts.onBug);
      return;
    }
    if (this.#warming !== null) clearInterval(this.#warming);
    this.#warming = null;
  }

  /** By group, then name; the order of the last time while it holds. */
  #sorted(): readonly Process[] {
    const { processes } = this.#parts.supervisor;
    const { found, sorted } = this.#order;
    if (found.length === processes.length && found.every((one, index) => one === processes[index]))
      return sorted;
    this.#order = { found: processes, sorted: inOrder(processes) };
    return this.#order.sorted;
  }

  #subject(process: Process): Subject<Inspected> {
    const { hands } = this.#parts;
    const { plan, leader } = process;
    return {
      key: process.namespec,
      inspect: () => ({
        ...hands.inspect(plan, leader),
        leader,
        charged: plan.memoryMax === null ? null : (hands.slot(plan).cgroup?.charge()?.bytes ?? null),
      }),
    };
  }

  /** What was sampled of another leader than the present one says nothing of it. */
  #reading({ namespec, leader }: Process): Reading<Inspected> | null {
    const reading = this.#sampler.reading(namespec);
    return reading?.inspection.leader?.pid === leader?.pid ? reading : null;
  }

  #members(process: Process): readonly number[] {
    const { leader } = process;
    return this.#reading(process)?.inspection.members ?? (leader === null ? [] : [leader.pid]);
  }

  #sampled(process: Process): Sampled | null {
    const reading = this.#reading(process);
    if (reading === null) return null;
    const { inspection, memory, cpu } = reading;
    return { members: inspection.members.length, memory, cpu };
  }

  #status(process: Process): ProcessStatus {
    const reading = this.#reading(process);
    const members = this.#members(process);
    const known = reading ?? this.#sampler.reading(process.namespec);
    const inspection: Inspection = {
      containment: known?.inspection.containment ?? '',
      enforcedBy: known?.inspection.enforcedBy ?? null,
      members,
    };
    const [first] = members;
    const sampled = first !== undefined && reading !== null && reading.memory !== null;
    const usage = new Map(
      sampled ? [[first, { memory: reading.memory ?? 0, cpu: reading.cpu ?? 0 }] as const] : [],
    );
    const { hands, setup } = this.#parts;
    const logs = hands.logs(process.plan);
    const status = processStatus(process, { inspection, usage, logs }, setup.linux.clock);
    return process.plan.care.measurePss
      ? { ...status, pss: hands.proportions.known(process, members) }
      : status;
  }

  /** Only what metrics tell: a status has words too, which cost more than numbers. */
  #picture(process: Process): ProcessPicture {
    const { hands, tally } = this.#parts;
    const { plan, state, past, readiness, nextRun, leader } = process;
    const reading = this.#reading(process);
    const known = reading ?? this.#sampler.reading(process.namespec);
    const isUp = isUpState(state);
    return {
      group: plan.group,
      name: plan.name,
      state,
      start: Math.trunc(past.startedAt / 1000),
      score: past.score,
      readiness: isUp ? readiness : null,
      nextRun: nextRun === null ? null : Math.trunc(nextRun / 1000),
      members: reading?.inspection.members.length ?? (leader === null ? 0 : 1),
      memory: reading?.memory ?? null,
      pss: hands.proportions.known(process, this.#members(process)),
      limit: known?.inspection.enforcedBy == null ? null : plan.memoryMax,
      tally: tally.of(plan),
      cpuSeconds: tally.spent(process.namespec, known?.cpuSeconds ?? 0),
      charged: known?.inspection.charged ?? null,
      logBytes: hands.slot(plan).outputs?.written() ?? {},
      logsLost: hands.slot(plan).outputs?.lost() ?? null,
    };
  }
}
