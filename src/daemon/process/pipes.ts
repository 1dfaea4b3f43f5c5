// Who makes the named pipes of all processes? One short run of the guardian's binary, since Node cannot.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { TsvisorError } from '../../model/errors.ts';
import { namespec } from '../../model/name.ts';
import type { ProcessPlan } from '../../model/plan.ts';

const run = promisify(execFile);

/** Processes whose pipes are waited for before the first launch; the rest is made while these are launched. */
const FIRST = 8;
/** Processes per run: well below the kernel's limit for a command line. */
const BATCH = 500;

const makePipes = async (guardian: string, paths: readonly string[]): Promise<void> => {
  try {
    await run(guardian, ['fifo', '600', ...paths]);
  } catch (error) {
    const reason = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
    throw new TsvisorError('START_FAILED', { reason: `cannot make named pipes: ${reason}` });
  }
};

/** Knows whose pipes are being made; launches wait for their own only. */
export class PipeFolder {
  /** Null: without a guardian there are no named pipes. */
  readonly #guardian: string | null;
  readonly folder: string;
  readonly #pathsOf: (folder: string, plan: ProcessPlan) => readonly string[];
  readonly #making = new Map<string, Promise<void>>();

  constructor(
    guardian: string | null,
    folder: string,
    pathsOf: (folder: string, plan: ProcessPlan) => readonly string[],
  ) {
    this.#guardian = guardian;
    this.folder = folder;
    this.#pathsOf = pathsOf;
  }

  /** Resolves when the pipes of the first plans are there; `ready` tells of the others. Refuses with START_FAILED. */
  prepare(plans: readonly ProcessPlan[]): Promise<void> {
    const first = plans.slice(0, FIRST);
    const made = this.#make(first);
    let last = made;
    for (let at = FIRST; at < plans.length; at += BATCH) {
      const batch = plans.slice(at, at + BATCH);
      last = last.then(() => this.#make(batch));
      for (const plan of batch) this.#making.set(namespec(plan), last);
      // Whoever launches hears of it.
      last.catch(() => undefined);
    }
    return made;
  }

  ready(plan: ProcessPlan): Promise<void> | undefined {
    return this.#making.get(namespec(plan));
  }

  async #make(plans: readonly ProcessPlan[]): Promise<void> {
    if (this.#guardian === null || plans.length === 0) return;
    await makePipes(
      this.#guardian,
      plans.flatMap((plan) => this.#pathsOf(this.folder, plan)),
    );
    for (const plan of plans) this.#making.delete(namespec(plan));
  }
}
