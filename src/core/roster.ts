// Who is under our care now? Groups in the order of their priority, processes in the order of the config.

import type { ProcessName } from '../model/event.ts';
import type { GroupPlan } from '../model/plan.ts';
import { followersOf, isFollower } from './dependence.ts';
import type { Process } from './process.ts';

export interface Enrolled {
  readonly plan: GroupPlan;
  readonly processes: readonly Process[];
}

const byPriority = (a: Process, b: Process): number => a.plan.priority - b.plan.priority;
const sortKey = ({ plan }: Process): string => `${plan.group}\0${plan.name}`;

export class Roster {
  #groups: readonly Enrolled[] = [];
  #followers: readonly Process[] | null = null;

  /** Groups of one priority stay in the order in which they came. A group of the same name is replaced where it stands. */
  enrol(group: Enrolled): void {
    const { name } = group.plan;
    const known = this.#groups.some(({ plan }) => plan.name === name);
    const groups = known
      ? this.#groups.map((one) => (one.plan.name === name ? group : one))
      : [...this.#groups, group];
    this.#groups = groups.toSorted((a, b) => a.plan.priority - b.plan.priority);
    this.#followers = null;
  }

  dismiss(name: string): void {
    this.#groups = this.#groups.filter(({ plan }) => plan.name !== name);
    this.#followers = null;
  }

  get groups(): readonly Enrolled[] {
    return this.#groups;
  }

  group(name: string): Enrolled | undefined {
    return this.#groups.find(({ plan }) => plan.name === name);
  }

  find({ group, name }: ProcessName): Process | undefined {
    return this.group(group)?.processes.find(({ plan }) => plan.name === name);
  }

  /** Those that are restarted with it. Asked at every launch, and hardly ever is there one: so who may be is looked up once. */
  followersOf(process: Process): readonly Process[] {
    this.#followers ??= this.processes.filter(isFollower);
    return this.#followers.length === 0 ? [] : followersOf(process, this.#followers, this.processes);
  }

  /** The autostart order. */
  get processes(): readonly Process[] {
    return this.#groups.flatMap(({ processes }) => processes);
  }

  /** By the priority of the group, then of the process: the order of commands. */
  get byPriority(): readonly Process[] {
    return this.#groups.flatMap(({ processes }) => processes.toSorted(byPriority));
  }

  get byName(): readonly Process[] {
    return this.processes.toSorted((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
  }

  /** From the highest priority number down, groups of one number together: the order of a shutdown. */
  get shutdownBatches(): readonly (readonly Process[])[] {
    const priorities = [...new Set(this.#groups.map(({ plan }) => plan.priority))].toSorted((a, b) => b - a);
    return priorities.map((priority) =>
      this.#groups
        .filter(({ plan }) => plan.priority === priority)
        .flatMap(({ processes }) => processes)
        .toSorted((a, b) => byPriority(b, a)),
    );
  }
}
