// How is core made, with what is known of the lives before?

import { Supervisor } from '../../core/supervisor.ts';
import type { Identity } from '../../model/phase.ts';
import type { ProcessPlan } from '../../model/plan.ts';
import type { Ledger } from '../../spawn/ledger.ts';
import type { Setup } from './setup.ts';
import type { RealHands } from '../hands.ts';
import { attribute, rememberedStates } from './leftovers.ts';
import type { UnseenDeaths } from '../memory/unseen.ts';

export const plansOf = ({ plan }: Setup): readonly ProcessPlan[] =>
  plan.groups.flatMap((group) => group.processes);

interface SupervisorWiring {
  readonly hands: RealHands;
  readonly ledger: Ledger;
  readonly stuck: readonly Identity[];
  readonly unseen: UnseenDeaths;
  readonly onBug: (bug: unknown) => void;
}

export const createSupervisor = (
  setup: Setup,
  { hands, ledger, stuck, unseen, onBug }: SupervisorWiring,
): Supervisor => {
  const { memory, clock } = setup.linux;
  return new Supervisor({
    plan: setup.plan,
    hands,
    clock,
    ...rememberedStates(setup, ledger),
    stuck: attribute(stuck, plansOf(setup), { hands, ledger }),
    deaths: unseen,
    memory: () => ({ ...memory.headroom(), pressure: memory.pressure() }),
    onBug,
  });
};
