// Who is under our care now? Groups in the order of their priority, processes in the order of the config.

import type { ProcessName } from '../model/event.ts';
import type { GroupPlan } from '../model/plan.ts';
import type { Process } from './process.ts';

export interface Enrolled {
  readonly plan: GroupPlan;
  readonly processes: readonly Process[];
}

const byPriority = (a: Process, b: Process): number => a.plan.priority - b.plan.priority;
const sortKey = ({ plan }: Process): string => `${plan.group}\0${plan.name}`;

export class Roster {
  #groups: readonly Enrolled[] = [];

  /** Groups of one priority stay in the order in which they came. A group of the same name is replaced where it stands. */
  enrol(group: Enrolled): void {
    const { name } = group.plan;
    const known = this.#groups.some(({ plan }) => plan.name === name);
    const groups = known
      ? this.#groups.map((one) => (one.plan.name === name ? group : one))
      : [...this.#groups, group];
    this.#groups = groups.toSorted((a, b) => a.plan.priority - b.plan.priority);
  }

  dismiss(name: string): void {
    this.#groups = this.#groups.filter(({ plan }) => plan.name !== name);
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
