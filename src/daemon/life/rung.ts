// By which rung of the ladder is a process held together?

import type { CgroupTier } from '../../kernel/port.ts';
import type { ProcessPlan } from '../../model/plan.ts';
import type { ContainmentKind } from '../../spawn/containment.ts';

export type Rung = ContainmentKind;

/** The best that this machine has: a cgroup, else a reaper, which needs the guardian's binary, else what is portable. */
export const bestRung = (tier: CgroupTier | null, guardian: string | null): Rung => {
  if (guardian === null) return 'portable';
  return tier === null ? 'reap' : tier.kind;
};

/** `cgroup` where there is none falls to the best there is; without a guardian nothing else can be chosen. */
export const rungFor = ({ containment }: ProcessPlan, best: Rung): Rung => {
  if (best === 'portable' || containment === 'auto' || containment === 'cgroup') return best;
  return containment;
};
