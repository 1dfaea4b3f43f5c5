// Who watches over memory in this supervisor, and who hears of it? The watches, and what follows from an OOM kill for others.

import type { Supervisor } from '../core/supervisor.ts';
import type { Bus } from '../core/bus.ts';
import type { Linux } from '../kernel/linux.ts';
import type { Event } from '../model/event.ts';
import { createCareWatch, type CareWatch } from '../oom/care.ts';
import type { EvidenceGatherer } from '../oom/evidence.ts';
import { createMemoryWatch, type MemoryWatch } from '../oom/memory.ts';
import { care } from './caring.ts';
import type { RealHands } from './hands.ts';
import { memberKilled } from './member-killed.ts';
import type { Notices } from './notices.ts';

export interface MemoryRoomParts {
  readonly linux: Linux;
  readonly evidence: EvidenceGatherer;
  readonly bus: Bus;
  readonly notices: Notices;
  /** There when the first process is launched. */
  readonly supervisor: () => Supervisor;
  readonly hands: () => RealHands;
  readonly onBug: (bug: unknown) => void;
}

export interface MemoryRoom {
  readonly watch: MemoryWatch;
  readonly care: CareWatch;
  /** Once per second. */
  tick(): void;
}

/** Others will have been killed with it, or come back at the same time. */
const isMachineOom = (event: Event): boolean => {
  const verdict =
    event.type === 'member-killed' ? event.verdict : event.type === 'died' ? event.death.verdict : null;
  return verdict?.cause === 'machine' || verdict?.cause === 'userspace-killer';
};

export const openMemory = (parts: MemoryRoomParts): MemoryRoom => {
  const { linux, evidence, bus, notices, supervisor, hands, onBug } = parts;
  const watch = createMemoryWatch({
    oom: linux.oom,
    processes: linux.processes,
    evidence,
    killed: (key, found) =>
      memberKilled({ key, evidence: found, supervisor: supervisor(), hands: hands(), linux }),
  });
  const careWatch = createCareWatch({
    processes: linux.processes,
    now: () => linux.clock.now(),
    tell: (key, news) => care(key, news, { supervisor: supervisor(), hands: hands(), onBug }),
  });
  bus.subscribe((event) => {
    if (isMachineOom(event)) supervisor().alarm();
    if (event.type !== 'group' || event.change !== 'added') return;
    const group = supervisor().groups.find(({ name }) => name === event.group);
    if (group !== undefined) for (const text of hands().limitGroup(group)) notices.add(text);
  });
  return {
    watch,
    care: careWatch,
    tick() {
      watch.tick();
      careWatch.tick();
      supervisor().tick();
    },
  };
};
