// How is core made on this ground, with what is known of the lives before?

import { Supervisor } from '../../core/supervisor.ts';
import type { Identity } from '../../model/phase.ts';
import type { ProcessPlan } from '../../model/plan.ts';
import type { Ledger } from '../../spawn/ledger.ts';
import type { Ground } from './ground.ts';
import type { RealHands } from '../hands.ts';
import { attribute, rememberedStates } from './leftovers.ts';
import type { UnseenDeaths } from '../memory/unseen.ts';

export const plansOf = ({ plan }: Ground): readonly ProcessPlan[] =>
  plan.groups.flatMap((group) => group.processes);

interface SupervisorWiring {
  readonly hands: RealHands;
  readonly ledger: Ledger;
  readonly stuck: readonly Identity[];
  readonly unseen: UnseenDeaths;
  readonly onBug: (bug: unknown) => void;
}

export const createSupervisor = (
  ground: Ground,
  { hands, ledger, stuck, unseen, onBug }: SupervisorWiring,
): Supervisor => {
  const { memory, clock } = ground.linux;
  return new Supervisor({
    plan: ground.plan,
    hands,
    clock,
    ...rememberedStates(ground, ledger),
    stuck: attribute(stuck, plansOf(ground), { hands, ledger }),
    deaths: unseen,
    memory: () => ({ ...memory.headroom(), pressure: memory.pressure() }),
    onBug,
  });
};
