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
import type { Slot } from '../process/slot.ts';
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
const limitOf = ({ plan }: Slot, group: GroupPlan | undefined): number | null => {
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
  follow(slot: Slot, leader: Identity): void {
    const { cgroup, baseline, plan } = slot;
    const members = this.#membersOf(slot, leader);
    if (baseline === null) return;
    const key = namespec(plan);
    this.#kills.follow(key, { leader, cgroup, baseline, members });
    this.#samples.follow(key, {
      limit: this.#limitOf(slot),
      memory: () => cgroup?.charged() ?? this.#care.used(key) ?? this.#residentIn(leader),
      score: () => kernelScore(leader.pid),
    });
    this.#tend(slot, leader);
    slot.unwatch ??= cgroup?.watch(() => this.#kills.look(key)) ?? null;
  }

  /** Its plan has changed while it runs. */
  adopt(slot: Slot, leader: Identity): void {
    const { plan } = slot;
    this.#samples.limit(namespec(plan), this.#limitOf(slot));
    this.#tend(slot, leader);
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

  #membersOf(slot: Slot, leader: Identity): () => readonly number[] {
    return () => this.#parts.members(slot.plan, leader);
  }

  #tend(slot: Slot, leader: Identity): void {
    const { plan, cgroup } = slot;
    const key = namespec(plan);
    const { limitWatch, onPressure } = plan.care;
    if (limitWatch === null && onPressure === null) this.#care.forget(key);
    else
      this.#care.follow(key, {
        care: plan.care,
        members: this.#membersOf(slot, leader),
        waited: waitedIn(cgroup),
      });
  }

  #limitOf(slot: Slot): number | null {
    return limitOf(slot, this.#parts.groupOf(slot.plan.group));
  }

  /** Where neither a cgroup nor a watch adds its members up. */
  #residentIn({ pid }: Identity): number | null {
    const read = this.#parts.linux.processes.memory(pid);
    return typeof read === 'string' ? null : read.rss;
  }
}
