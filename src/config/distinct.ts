// Which of several groups or processes of one name runs? supervisord keeps the first group and the last process.

import type { GroupPlan, Plan, ProcessPlan } from '../model/plan.ts';
import type { Problem } from '../model/problem.ts';
import { problemAt } from './draft.ts';

const lastOfEach = (processes: readonly ProcessPlan[]): readonly ProcessPlan[] => {
  if (processes.length < 2) return processes;
  const byName = new Map(processes.map((process) => [process.name, process]));
  return byName.size === processes.length ? processes : [...byName.values()];
};

const dropped = (plan: Plan, key: string, message: string): Problem =>
  problemAt(
    { file: plan.file, line: 0, column: 0 },
    { key, message, hint: 'give each its own name; supervisord drops one without a word' },
  );

/** The plan without the groups and processes that cannot run beside another of their name, and what was dropped. */
export const distinct = (plan: Plan): { readonly plan: Plan; readonly warnings: readonly Problem[] } => {
  const groups = new Map<string, GroupPlan>();
  const warnings: Problem[] = [];
  for (const group of plan.groups) {
    const processes = lastOfEach(group.processes);
    if (processes.length < group.processes.length) {
      warnings.push(
        dropped(plan, group.name, `several processes of group '${group.name}' have one name, the last runs`),
      );
    }
    if (groups.has(group.name)) {
      warnings.push(dropped(plan, group.name, `several groups are called '${group.name}', the first runs`));
    } else groups.set(group.name, processes === group.processes ? group : { ...group, processes });
  }
  return { plan: { ...plan, groups: [...groups.values()] }, warnings };
};
