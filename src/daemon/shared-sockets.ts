// Which groups share a listening socket, and is it open before the first of their processes starts?

import { join } from 'node:path';
import type { Event } from '../model/event.ts';
import type { GroupPlan } from '../model/plan.ts';
import { openSharedSocket, type SharedSocket } from '../spawn/shared-socket.ts';

/** Group names have no `/`. */
export const hatchOf = (folder: string, group: string): string =>
  join(folder, `${encodeURIComponent(group)}.hatch`);

/** The plan of an active group. */
export type GroupOf = (name: string) => GroupPlan | undefined;

export interface SharedSocketsParts {
  /** Path of the binary; null: the portable rung. */
  readonly guardian: string | null;
  /** Folder of the named pipes. */
  readonly folder: string;
  readonly groupOf: GroupOf;
}

/** Opened at the first launch, kept over restarts, closed with the group. */
export class SharedSockets {
  readonly #parts: SharedSocketsParts;
  readonly #sockets = new Map<string, SharedSocket>();
  /** By group: launches at the same time wait for one opening. */
  readonly #opening = new Map<string, Promise<string | null>>();

  constructor(parts: SharedSocketsParts) {
    this.#parts = parts;
  }

  /** Null when the group shares no socket or has it; else why not, with a cure. */
  async refusal(group: string): Promise<string | null> {
    if (this.#sockets.get(group)?.isOpen === true) return null;
    const opening = this.#opening.get(group) ?? this.#open(group);
    this.#opening.set(group, opening);
    return opening.finally(() => this.#opening.delete(group));
  }

  /** A subscriber of the bus. */
  announce(event: Event): void {
    if (event.type === 'group' && event.change === 'removed') this.#close(event.group);
  }

  closeAll(): void {
    for (const group of this.#sockets.keys()) this.#close(group);
  }

  async #open(group: string): Promise<string | null> {
    const plan = this.#parts.groupOf(group)?.socket;
    const { guardian, folder } = this.#parts;
    if (plan === undefined) return null;
    if (guardian === null) return 'it shares a socket, which needs the guardian; run `npm run build`';
    const opened = await openSharedSocket({ guardian, hatch: hatchOf(folder, group), plan });
    if (typeof opened === 'string') return `cannot open socket ${plan.url}: ${opened}`;
    this.#sockets.set(group, opened);
    return null;
  }

  #close(group: string): void {
    this.#sockets.get(group)?.close();
    this.#sockets.delete(group);
  }
}
