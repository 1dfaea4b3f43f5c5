// Who watches over memory in this supervisor, and who hears of it? The watches, and what follows from an OOM kill for others.

import { join } from 'node:path';
import type { Supervisor } from '../../core/supervisor.ts';
import type { Bus } from '../../core/bus.ts';
import type { Linux } from '../../kernel/linux.ts';
import type { PastLife } from '../../model/command.ts';
import type { Event, ProcessName } from '../../model/event.ts';
import { namespec } from '../../model/name.ts';
import type { Verdict } from '../../model/verdict.ts';
import type { EvidenceGatherer } from '../../oom/evidence.ts';
import { care } from './caring.ts';
import { chooseScore } from '../../oom/score.ts';
import type { Setup } from '../life/setup.ts';
import type { RealHands } from '../hands.ts';
import { Incidents } from './incidents.ts';
import { memberKilled } from './member-killed.ts';
import type { Notices } from '../life/notices.ts';
import { pastLifeWords } from '../life/past-life.ts';
import { Scores } from './scores.ts';
import type { UnseenDeaths } from './unseen.ts';
import { Watches } from './watches.ts';

export interface MemoryMonitorParts {
  readonly setup: Setup;
  readonly linux: Linux;
  readonly evidence: EvidenceGatherer;
  readonly bus: Bus;
  readonly notices: Notices;
  /** There when the first process is launched. */
  readonly supervisor: () => Supervisor;
  readonly hands: () => RealHands;
  readonly onBug: (bug: unknown) => void;
}

export interface MemoryMonitor {
  readonly watches: Watches;
  readonly incidents: Incidents;
  readonly scores: Scores;
  /** Before the first launch. */
  begin(pastLife: PastLife | null, unseen: UnseenDeaths): void;
  /** Once per second. */
  tick(): void;
}

/** Others will have been killed with it, or come back at the same time. */
const isWide = (verdict: Verdict | null): boolean =>
  verdict?.cause === 'machine' || verdict?.cause === 'userspace-killer';

const isMachineOom = (event: Event): boolean =>
  isWide(event.type === 'member-killed' ? event.verdict : event.type === 'died' ? event.death.verdict : null);

const membersOf = (name: ProcessName, { supervisor, hands }: MemoryMonitorParts): readonly number[] => {
  const process = supervisor().find(name);
  return process === undefined ? [] : hands().inspect(process.plan, process.leader).members;
};

const openWatches = (parts: MemoryMonitorParts): Watches => {
  const { setup, linux, evidence, supervisor, hands, onBug } = parts;
  const score = chooseScore({ kind: 'auto' }, setup.score);
  const began = (pid: number): void => void linux.processes.setScore(pid, score);
  return new Watches({
    linux,
    tier: setup.tier,
    evidence,
    groupOf: (name) => supervisor().group(name),
    members: (plan, leader) => hands().inspect(plan, leader).members,
    killed: (key, found) =>
      memberKilled({ key, evidence: found, supervisor: supervisor(), hands: hands(), linux }),
    tell: (key, news) => care(key, news, { supervisor: supervisor(), hands: hands(), began, onBug }),
  });
};

const limitGroup = (name: string, { supervisor, hands, notices }: MemoryMonitorParts): void => {
  const group = supervisor().group(name);
  if (group !== undefined) for (const text of hands().limitGroup(group)) notices.add(text);
};

export const openMemory = (parts: MemoryMonitorParts): MemoryMonitor => {
  const { setup, linux, bus, notices, supervisor, hands } = parts;
  const folder = setup.settings.runtimeDir;
  const watches = openWatches(parts);
  const incidents = new Incidents({
    folder: join(folder, 'incidents'),
    linux,
    members: (name) => membersOf(name, parts),
    samples: (process) => watches.samples(namespec(process)),
    failed: (why) => notices.add(why),
  });
  const scores = new Scores({ folder, supervisor, hands, failed: (why) => notices.add(why) });
  bus.subscribe((event) => {
    incidents.announce(event);
    if (isMachineOom(event)) supervisor().alarm();
    if (event.type === 'group' && event.change === 'added') limitGroup(event.group, parts);
  });
  return {
    watches,
    incidents,
    scores,
    begin(pastLife, unseen) {
      scores.restore();
      if (pastLife === null) return;
      incidents.past(pastLife.verdict, pastLifeWords(pastLife));
      if (pastLife.verdict.cause === 'machine') supervisor().alarm();
      if ([...unseen.values()].some(({ verdict }) => isWide(verdict))) supervisor().alarm();
    },
    tick() {
      watches.tick();
      supervisor().tick();
    },
  };
};
