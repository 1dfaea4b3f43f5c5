// A live process gets another score: every member, and what the kernel refused.

import type { Processes } from '../../kernel/port.ts';
import type { ProcessPlan } from '../../model/plan.ts';
import { chooseScore } from '../../oom/score.ts';

export interface Rescoring {
  readonly plan: ProcessPlan;
  /** The supervisor's effective score. */
  readonly supervisor: number;
  readonly members: readonly number[];
}

/** Answers the refusals, in words. */
export const rescore = (
  processes: Pick<Processes, 'setScore'>,
  { plan, supervisor, members }: Rescoring,
): readonly string[] => {
  const wanted = chooseScore(plan.oomScoreAdj, supervisor);
  return members.flatMap((pid) => {
    const { effective, refusal } = processes.setScore(pid, wanted);
    if (refusal === null || refusal === 'ENOENT') return [];
    return [
      `cannot set oom_score_adj ${wanted} for pid ${pid} of ${plan.name}: ${refusal}; it has ${effective}`,
    ];
  });
};
