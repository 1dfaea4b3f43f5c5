// Which watches follow a process from its launch to its death? Kills of members, limits of our own, pressure, and samples of its memory.

import { kernelScore } from '../../kernel/candidates.ts';
import type { Linux } from '../../kernel/linux.ts';
import type { CgroupTier } from '../../kernel/port.ts';
import { namespec } from '../../model/name.ts';
import type { Identity } from '../../model/phase.ts';
import type { GroupPlan, ProcessPlan } from '../../model/plan.ts';
import { createCareWatch, type CareNews, type CareWatch } from '../../oom/care.ts';
import type { Baseline, EvidenceGatherer } from '../../oom/evidence.ts';
import { createMemoryWatch, type MemoryWatch, type MemoryWatchParts } from '../../oom/memory.ts';
import { createSamples, type Samples } from '../../oom/samples.ts';
import type { Berth } from '../process/berth.ts';
import { waitedIn } from './pressure.ts';

export interface WatchesParts {
  readonly linux: Linux;
  readonly tier: CgroupTier | null;
  readonly evidence: EvidenceGatherer;
  readonly killed: MemoryWatchParts['killed'];
  readonly tell: (key: string, news: CareNews) => void;
  readonly groupOf: (name: string) => GroupPlan | undefined;
  /** Pids of all members now. */
  readonly members: (plan: ProcessPlan, leader: Identity) => readonly number[];
}

/** The lowest of what its plan and its group set. */
const limitOf = ({ plan }: Berth, group: GroupPlan | undefined): number | null => {
  const { memoryMax, memoryHigh, care } = plan;
  const { soft = null, hard = null } = care.limitWatch ?? {};
  const { max = null, high = null } = group?.limits ?? {};
  const limits = [memoryMax, memoryHigh, soft, hard, max, high].filter((one) => one !== null);
  return limits.length === 0 ? null : Math.min(...limits);
};

export class Watches {
  readonly #parts: WatchesParts;
  readonly #kills: MemoryWatch;
  readonly #care: CareWatch;
  readonly #samples: Samples;

  constructor(parts: WatchesParts) {
    const { linux, evidence, killed, tell } = parts;
    const { oom, processes, clock, memory } = linux;
    this.#parts = parts;
    this.#kills = createMemoryWatch({ oom, processes, evidence, killed });
    this.#care = createCareWatch({ processes, now: () => clock.now(), tell });
    this.#samples = createSamples({
      headroom: () => memory.headroom(),
      together: () => parts.tier?.charged() ?? null,
      pressure: () => memory.pressure(),
      now: () => clock.now(),
    });
  }

  /** From a launch on. */
  follow(berth: Berth, leader: Identity): void {
    const { cgroup, baseline, plan } = berth;
    const members = this.#membersOf(berth, leader);
    if (baseline === null) return;
    const key = namespec(plan.group, plan.name);
    this.#kills.follow(key, { leader, cgroup, baseline, members });
    this.#samples.follow(key, {
      limit: this.#limitOf(berth),
      memory: () => cgroup?.charged() ?? this.#care.used(key) ?? this.#residentIn(leader),
      score: () => kernelScore(leader.pid),
    });
    this.#tend(berth, leader);
    berth.unwatch ??= cgroup?.watch(() => this.#kills.look(key)) ?? null;
  }

  /** Its plan has changed while it runs. */
  adopt(berth: Berth, leader: Identity): void {
    const { plan } = berth;
    this.#samples.limit(namespec(plan.group, plan.name), this.#limitOf(berth));
    this.#tend(berth, leader);
  }

  /** The leader has died. Answers the baseline as it stands: kills already told are behind it; null when nobody followed. */
  rest(key: string): Baseline | null {
    const baseline = this.#kills.baseline(key);
    this.#kills.forget(key);
    this.#care.forget(key);
    this.#samples.rest(key);
    return baseline;
  }

  forget(key: string): void {
    this.rest(key);
    this.#samples.forget(key);
  }

  samples(key: string): ReturnType<Samples['of']> {
    return this.#samples.of(key);
  }

  /** Once per second. */
  tick(): void {
    this.#kills.tick();
    this.#care.tick();
    this.#samples.tick();
  }

  #membersOf(berth: Berth, leader: Identity): () => readonly number[] {
    return () => this.#parts.members(berth.plan, leader);
  }

  #tend(berth: Berth, leader: Identity): void {
    const { plan, cgroup } = berth;
    const key = namespec(plan.group, plan.name);
    const { limitWatch, onPressure } = plan.care;
    if (limitWatch === null && onPressure === null) this.#care.forget(key);
    else
      this.#care.follow(key, {
        care: plan.care,
        members: this.#membersOf(berth, leader),
        waited: waitedIn(cgroup),
      });
  }

  #limitOf(berth: Berth): number | null {
    return limitOf(berth, this.#parts.groupOf(berth.plan.group));
  }

  /** Where neither a cgroup nor a watch adds its members up. */
  #residentIn({ pid }: Identity): number | null {
    const read = this.#parts.linux.processes.memory(pid);
    return typeof read === 'string' ? null : read.rss;
  }
}
