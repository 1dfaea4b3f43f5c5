// Which processes are copies of one program, so that a cluster may count them?

import type { Plan } from '../model/plan.ts';
import { partOf, runsToItsEnd, type Part } from './exported.ts';

export interface Workload {
  /** Of the first; the others are the same but for their names. */
  readonly part: Part;
  readonly count: number;
  /** It ends, and that is right. */
  readonly ends: boolean;
}

export interface Workloads {
  readonly workloads: readonly Workload[];
  /** Why others are left out. */
  readonly refusals: readonly string[];
}

/** Equal for processes that differ in nothing but their names and logs. */
const likeness = ({ plan, words, directory, environment, secrets }: Part): string => {
  const { name: _, stdout: __, stderr: ___, command: ____, ...same } = plan;
  return JSON.stringify([same, words, directory, environment, secrets]);
};

export const workloadsOf = (plan: Plan): Workloads => {
  const tried = plan.groups.flatMap(({ processes }) => processes).map((one) => partOf(one, plan));
  const alike = new Map<string, readonly Part[]>();
  for (const part of tried) {
    if (typeof part === 'string') continue;
    const key = likeness(part);
    alike.set(key, [...(alike.get(key) ?? []), part]);
  }
  return {
    workloads: [...alike.values()].flatMap((parts) => {
      const [part] = parts;
      return part === undefined ? [] : [{ part, count: parts.length, ends: runsToItsEnd(part.plan) }];
    }),
    refusals: tried.filter((one): one is string => typeof one === 'string'),
  };
};

/** A workload's own name: the process's where there is one, the program's where there are copies. */
export const workloadName = ({ part: { plan }, count }: Workload): string => {
  const own = count > 1 ? plan.program : plan.name;
  return plan.group === own ? own : `${plan.group}-${own}`;
};
