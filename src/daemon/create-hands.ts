// From what are core's hands made, with a guardian and without?

import type { Supervisor } from '../core/supervisor.ts';
import type { EventDispatcher } from '../events/dispatcher.ts';
import type { Processes } from '../kernel/port.ts';
import { createLauncher } from '../spawn/launch.ts';
import { createPortableLauncher } from '../spawn/portable.ts';
import { createSweeper } from '../spawn/sweep.ts';
import type { Base } from './base.ts';
import { RealHands, type HandsParts } from './hands.ts';
import { sayWhatIsMissing } from './life/missing.ts';
import type { MemoryMonitor } from './memory/memory-monitor.ts';
import { createOomdMarks } from './memory/oomd.ts';
import { listenersTo } from './outside/listeners.ts';
import { bestContainment } from './process/containment-kind.ts';
import type { Duties } from './process/duties.ts';
import { provide } from './process/providing.ts';
import type { GroupOf } from './process/shared-sockets.ts';

export interface HandsWiring {
  readonly memory: MemoryMonitor;
  readonly events: EventDispatcher;
  readonly groupOf: GroupOf;
  readonly duties: Duties;
  readonly supervisor: () => Supervisor;
}

const BLIND =
  'no file could be opened for a while: processes then stay in STOPPING until their members can be looked for; raise the limit of open files, or see who holds so many';

const launcherFor = (guardian: string | null, processes: Processes): HandsParts['launch'] => {
  const launcher =
    guardian === null
      ? createPortableLauncher(processes)
      : createLauncher({ guardian, identity: (pid) => processes.row(pid) });
  return (request) => launcher.launch(request);
};

export const createHands = (base: Base, wiring: HandsWiring): RealHands => {
  const { memory, events, groupOf, duties, supervisor } = wiring;
  const { setup, notices, outputs, evidence, bus } = base;
  const { linux, guardian, tier, instance, plan, score, spare } = setup;
  const { processes, clock } = linux;
  const portable = guardian === null;
  sayWhatIsMissing(setup, notices);
  const { folder } = base.pipes;
  const hands: RealHands = new RealHands({
    linux,
    supervisor: plan.supervisor,
    score,
    slots: {
      tier,
      instance,
      folder,
      outputs,
      portable,
      isFirst: (setup.link?.hello.life ?? 1) === 1,
      notice: (text) => notices.add(text),
    },
    launch: launcherFor(guardian, processes),
    containment: bestContainment(tier, guardian),
    sweeper: createSweeper({ processes, clock, spare, blind: () => notices.add(BLIND) }),
    listeners: (one) =>
      listenersTo(one, { dispatcher: events, journal: base.logging.journal, health: duties.listening(one) }),
    provisions: provide(base, { folder, groupOf, supervisor, hands: () => hands }),
    evidence,
    watches: memory.watches,
    oomdMarks: portable ? null : createOomdMarks(guardian),
    caught: (one, verdict) => memory.incidents.caught(one, verdict),
    outputs,
    bus,
    pipes: base.pipes,
    guardianLost: base.guardianLost,
    onBug: base.onBug,
  });
  return hands;
};
