// May a process start now? Those with `start_when` wait here while memory is short, in priority order; those with `depends_on`, until the others are there.

import type { StartWhen } from '../model/memory-care.ts';
import { waitsForOthers } from './dependence.ts';
import type { Process } from './process.ts';
import { megabytes } from '../model/megabytes.ts';

/** As the kernel has it now; null where it cannot be read, which then keeps nobody waiting. */
export interface MachineMemory {
  /** Bytes: of the machine, or under the tightest limit around us. */
  readonly available: number | null;
  /** Path of the cgroup with that limit; null or absent for the machine. */
  readonly limitedBy?: string | null;
  /** Percent of the last ten seconds in which somebody waited for memory. */
  readonly pressure: number | null;
}

export interface GateParts {
  /** In priority order. */
  readonly processes: () => readonly Process[];
  readonly memory: () => MachineMemory;
  /** False: nobody is let in any more. */
  readonly open?: () => boolean;
}

const where = (limitedBy: string | null): string => {
  if (limitedBy === null) return '';
  return ` under the limit of ${limitedBy === '/' ? 'this container' : limitedBy}`;
};

/** What of the condition does not hold, in words; null when all does. */
const shortage = (when: StartWhen, memory: MachineMemory): string | null => {
  const { available, pressure, limitedBy = null } = memory;
  const { memoryAvailable, pressureBelow } = when;
  if (memoryAvailable !== null && available !== null && available < memoryAvailable)
    return `waits for memory: ${megabytes(available)} available${where(limitedBy)}, start_when asks for ${megabytes(memoryAvailable)}`;
  if (pressureBelow !== null && pressure !== null && pressure >= pressureBelow)
    return `waits for memory pressure: ${pressure} %, start_when asks for less than ${pressureBelow} %`;
  return null;
};

const isComing = ({ phase }: Process): boolean => phase.name === 'launching' || phase.name === 'starting';
const isWaiting = ({ phase }: Process): boolean => phase.name === 'waiting';
const isDependent = ({ plan }: Process): boolean => plan.duty.dependsOn.length > 0;
const isGated = ({ plan }: Process): boolean => plan.care.startWhen !== null;

export class Gate {
  readonly #parts: GateParts;
  /** After a machine-wide OOM, until everybody is in: one at a time. */
  #cautious = false;
  /** Somebody may wait. */
  #busy = false;
  /** Those with `depends_on` that wait. */
  readonly #dependents = new Set<Process>();
  /** A look is on its way. */
  #looking = false;

  constructor(parts: GateParts) {
    this.#parts = parts;
  }

  /** The machine was out of memory. */
  alarm(): void {
    this.#cautious = true;
    this.#busy = true;
  }

  /** Why this process must wait; null when it may start. */
  refusal(process: Process): string | null {
    const why = this.#others(process) ?? this.#memory(process);
    this.#busy ||= why !== null;
    if (why !== null && isDependent(process)) this.#dependents.add(process);
    return why;
  }

  /** Once per second, and nothing while nobody waits. */
  tick(): void {
    if (!this.#busy) return;
    const all = this.#parts.processes();
    this.#admit(all.filter(isWaiting));
    const gated = all.filter(isGated);
    this.#busy = all.some(isWaiting) || gated.some(isComing);
    if (!gated.some((process) => isWaiting(process) || isComing(process))) this.#cautious = false;
  }

  /** Somebody has changed: those who waited for that need not wait for the next tick. */
  look(): void {
    if (this.#dependents.size === 0 || this.#looking) return;
    this.#looking = true;
    queueMicrotask(() => {
      this.#looking = false;
      const isOpen = this.#parts.open?.() ?? true;
      for (const one of this.#dependents) if (!isWaiting(one)) this.#dependents.delete(one);
      if (isOpen) this.#admit([...this.#dependents]);
    });
  }

  #admit(waiting: readonly Process[]): void {
    for (const process of waiting)
      if (isWaiting(process) && this.refusal(process) === null) process.feed({ name: 'admitted' });
  }

  #others(process: Process): string | null {
    return isDependent(process) ? waitsForOthers(process, this.#parts.processes()) : null;
  }

  #memory(process: Process): string | null {
    const { startWhen } = process.plan.care;
    return startWhen === null ? null : (this.#ahead(process) ?? shortage(startWhen, this.#parts.memory()));
  }

  #ahead(process: Process): string | null {
    const gated = this.#parts.processes().filter((one) => one !== process && isGated(one));
    const coming = this.#cautious ? gated.find(isComing) : undefined;
    if (coming !== undefined)
      return `waits for ${coming.namespec}: one at a time after the machine was out of memory`;
    const first = gated.find(
      (one) => isWaiting(one) && one.plan.priority < process.plan.priority && this.#others(one) === null,
    );
    return first === undefined ? null : `waits behind ${first.namespec}, which has a lower priority number`;
  }
}
