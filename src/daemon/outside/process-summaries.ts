// What of every process does a list show that somebody looks at? The same value as before, not an equal one, as long as nothing of it has changed.

import type { Process, CoreClock } from '../../core/process.ts';
import { describe } from '../../core/status.ts';
import { UNTOLD } from '../../model/readiness.ts';
import type { ProcessSummary } from '../../model/process-summary.ts';
import { isUpState } from '../../model/state.ts';

/** Of the present leader; null while nothing is known of it. */
export interface Sampled {
  readonly members: number;
  readonly memory: number | null;
  readonly cpu: number | null;
}

/** Phases whose name says too little. */
const UNCLEAR: ReadonlySet<string> = new Set(['waiting', 'backoff', 'fatal', 'stuck']);

const summaryOf = (process: Process, sampled: Sampled | null, clock: CoreClock): ProcessSummary => {
  const { plan, state, phase, past, history, readiness, leader } = process;
  const up = isUpState(state);
  return {
    group: plan.group,
    name: plan.name,
    state,
    since: up ? Math.trunc(past.startedAt / 1000) : 0,
    members: sampled?.members ?? (leader === null ? 0 : 1),
    memory: sampled?.memory ?? null,
    cpu: sampled?.cpu ?? null,
    score: past.score,
    readiness: up && readiness !== UNTOLD ? readiness : null,
    restarts: history.restarts,
    lastDeath: past.lastDeath,
    why: UNCLEAR.has(phase.name) ? describe(process, clock.wall()) : '',
  };
};

const same = (a: ProcessSummary, b: ProcessSummary): boolean =>
  a.state === b.state &&
  a.since === b.since &&
  a.members === b.members &&
  a.memory === b.memory &&
  a.cpu === b.cpu &&
  a.score === b.score &&
  a.readiness === b.readiness &&
  a.restarts === b.restarts &&
  a.lastDeath === b.lastDeath &&
  a.why === b.why;

export class ProcessSummaries {
  readonly #clock: CoreClock;
  #known = new Map<string, ProcessSummary>();

  constructor(clock: CoreClock) {
    this.#clock = clock;
  }

  /** In the order in which they are given. */
  of(
    processes: readonly Process[],
    sampled: (process: Process) => Sampled | null,
  ): readonly ProcessSummary[] {
    const now = new Map<string, ProcessSummary>();
    for (const process of processes) {
      const summary = summaryOf(process, sampled(process), this.#clock);
      const known = this.#known.get(process.namespec);
      now.set(process.namespec, known !== undefined && same(known, summary) ? known : summary);
    }
    this.#known = now;
    return [...now.values()];
  }
}
