// Which processes are to be measured by their proportional memory, and what was found? Nothing is loaded or read while no plan asks for it.

import type { Process } from '../../core/process.ts';
import type { Shares } from '../../metrics/shares.ts';
import type { ProcessStatus } from '../../model/command.ts';
import { namespec } from '../../model/name.ts';

interface Clock {
  now(): number;
}

type Members = (process: Process) => readonly number[];

/** Milliseconds: for whoever asks now, and for those who look again and again. */
const ASKED_MS = 5000;
const WATCHED_MS = 30_000;

const isAsked = ({ plan }: Process): boolean => plan.care.measurePss;

export class Proportions {
  readonly #clock: Clock;
  #shares: Shares | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** As read last; null where the plan does not ask, or nothing has been read. */
  known(process: Process, members: readonly number[]): number | null {
    return isAsked(process) ? (this.#shares?.total(members) ?? null) : null;
  }

  /** For those who come again: they get what was read before. */
  watch(processes: readonly Process[], members: Members): Promise<void> {
    return this.#refresh(processes, members, WATCHED_MS);
  }

  /** The same statuses, with `pss` where a plan asks for it. */
  async measured(
    statuses: readonly ProcessStatus[],
    processes: readonly Process[],
    members: Members,
  ): Promise<readonly ProcessStatus[]> {
    const asked = new Map(processes.filter(isAsked).map((process) => [process.namespec, process]));
    if (asked.size === 0) return statuses;
    await this.#refresh(processes, members, ASKED_MS);
    return statuses.map((status) => {
      const process = asked.get(namespec(status));
      return process === undefined ? status : { ...status, pss: this.known(process, members(process)) };
    });
  }

  async #refresh(processes: readonly Process[], members: Members, age: number): Promise<void> {
    const asked = processes.filter(isAsked);
    if (asked.length === 0) return;
    const shares = (this.#shares ??= await this.#open());
    await shares.refresh(asked.map(members), age);
  }

  async #open(): Promise<Shares> {
    const [{ Shares: Opened }, { readPss }] = await Promise.all([
      import('../../metrics/shares.ts'),
      import('../../kernel/shares.ts'),
    ]);
    return new Opened({ read: readPss, now: () => this.#clock.now() });
  }
}
