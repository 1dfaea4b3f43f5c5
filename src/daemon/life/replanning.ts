// The config is read anew while programs run: what does it change, and is it done?

import { loadPlan } from '../../config/load.ts';
import { stepsOf } from '../../core/replan.ts';
import type { Supervisor } from '../../core/supervisor.ts';
import type { ApplyReply, RereadReply } from '../../model/command.ts';
import { diffPlans, isChangedForSupervisord, type PlanDiff } from '../../model/diff.ts';
import { TsvisorError } from '../../model/errors.ts';
import type { GroupPlan, Plan, ProcessPlan } from '../../model/plan.ts';
import type { Duties } from '../process/duties.ts';
import type { Setup } from './setup.ts';
import type { RealHands } from '../hands.ts';
import type { Hooks } from '../outside/hooks.ts';
import { badConfig } from '../../model/problem.ts';

const namesOf = (groups: readonly { readonly name: string }[]): readonly string[] =>
  groups.map(({ name }) => name);

/** Hooks follow at once. */
const needsRestart = ({ supervisor }: PlanDiff): readonly string[] => {
  const fields = supervisor.filter((field) => field !== 'hooks');
  if (fields.length === 0) return [];
  return [
    `settings of the supervisor itself have changed (${fields.join(', ')}): they hold after \`tsvisor restart\``,
  ];
};

export interface ReplanningParts {
  readonly setup: Setup;
  readonly supervisor: Supervisor;
  readonly hands: RealHands;
  readonly hooks: Hooks;
  readonly duties: Duties;
}

/** Knows the plan that was read last; what is active is the supervisor's to know. */
export class Replanning {
  readonly #parts: ReplanningParts;
  #available: Plan;

  constructor(parts: ReplanningParts) {
    this.#parts = parts;
    this.#available = parts.setup.plan;
  }

  /** The plan that was read last, for `configs` and additions. */
  get available(): Plan {
    return this.#available;
  }

  /** Refuses with BAD_CONFIG and every problem; the plan read before stays then. */
  async reread(): Promise<RereadReply> {
    const { added, changed, removed } = await this.#read();
    return {
      added: namesOf(added),
      changed: namesOf(changed.filter(isChangedForSupervisord)),
      removed: namesOf(removed),
    };
  }

  /** Refuses with BAD_GROUP when the plan read last has no such group, ALREADY_ADDED when it is active. */
  async addGroup(name: string): Promise<void> {
    const group = this.#available.groups.find((one) => one.name === name);
    if (group === undefined) throw new TsvisorError('BAD_GROUP', { name });
    await this.#add(group);
  }

  /** Shows the difference between what is active and what the files want, and makes it so unless `dryRun`. */
  async apply(dryRun: boolean): Promise<ApplyReply> {
    const before = this.#available;
    const diff = await this.#read();
    const steps = stepsOf(diff);
    if (dryRun) {
      this.#available = before;
      return { steps, applied: false, notices: needsRestart(diff) };
    }
    return { steps, applied: true, notices: [...needsRestart(diff), ...(await this.#carryOut(diff))] };
  }

  async #read(): Promise<PlanDiff> {
    const { supervisor, setup } = this.#parts;
    const resolved = await loadPlan(setup.settings.config);
    if (resolved.plan === null) throw badConfig(resolved.problems);
    this.#available = resolved.plan;
    return diffPlans({ ...setup.plan, groups: supervisor.groups }, resolved.plan);
  }

  async #carryOut({ added, removed, changed }: PlanDiff): Promise<readonly string[]> {
    const { supervisor, hands, hooks, duties } = this.#parts;
    await hooks.adopt(this.#available.supervisor.hooks);
    const notices: string[] = [];
    const attempt = async (act: () => Promise<readonly string[] | void>): Promise<void> => {
      try {
        notices.push(...((await act()) ?? []));
      } catch (error) {
        if (!(error instanceof TsvisorError)) throw error;
        notices.push(error.message);
      }
    };
    await Promise.all(removed.map(({ name }) => attempt(() => supervisor.retireGroup(name))));
    await this.#prepare(changed.flatMap(({ after }) => after.processes));
    await Promise.all(changed.map((change) => attempt(() => supervisor.changeGroup(change))));
    notices.push(...changed.flatMap(({ after }) => hands.limitGroup(after)));
    hands.tidy();
    for (const group of added) await attempt(() => this.#add(group));
    duties.adopted();
    return notices;
  }

  async #add(group: GroupPlan): Promise<void> {
    await this.#prepare(group.processes);
    this.#parts.supervisor.addGroup(group);
  }

  async #prepare(plans: readonly ProcessPlan[]): Promise<void> {
    await this.#parts.hands.prepare(plans);
    await this.#parts.duties.prepare(plans);
  }
}
