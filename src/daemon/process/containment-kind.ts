// By what is a process held together, of all that this machine has?

import type { CgroupTier } from '../../kernel/port.ts';
import type { ProcessPlan } from '../../model/plan.ts';
import type { ContainmentKind } from '../../spawn/containment.ts';

/** The best that this machine has: a cgroup, else a reaper, which needs the guardian's binary, else what is portable. */
export const bestContainment = (tier: CgroupTier | null, guardian: string | null): ContainmentKind => {
  if (guardian === null) return 'portable';
  return tier === null ? 'reap' : tier.kind;
};

/** `cgroup` where there is none falls to the best there is; without a guardian nothing else can be chosen. */
export const containmentFor = ({ containment }: ProcessPlan, best: ContainmentKind): ContainmentKind => {
  if (best === 'portable' || containment === 'auto' || containment === 'cgroup') return best;
  return containment;
};
