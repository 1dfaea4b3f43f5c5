// Which listening sockets do processes share, and are they open before the first of these starts?

import { join } from 'node:path';
import type { Event } from '../../model/event.ts';
import type { GroupPlan, ProcessPlan, SharedSocketPlan } from '../../model/plan.ts';
import { openSharedSocket, type SharedSocket } from '../../spawn/shared-socket.ts';

/** No name has a `/`. */
const hatch = (folder: string, name: string): string => join(folder, `${encodeURIComponent(name)}.hatch`);

/** Where the processes of a FastCGI program fetch their socket. */
export const hatchOf = (folder: string, group: string): string => hatch(folder, group);

const hatchFor = (folder: string, { group, program }: ProcessPlan, name: string): string =>
  hatch(folder, `${group}:${program}:${name}`);

/** Where a process fetches what it gets by LISTEN_FDS, in the order of the descriptors. */
export const hatchesOf = (folder: string, plan: ProcessPlan): readonly string[] =>
  plan.sockets.map(({ name }) => hatchFor(folder, plan, name));

/** The plan of an active group. */
export type GroupOf = (name: string) => GroupPlan | undefined;

export interface SharedSocketsParts {
  /** Path of the binary; null: portable mode. */
  readonly guardian: string | null;
  /** Folder of the named pipes. */
  readonly folder: string;
  readonly groupOf: GroupOf;
}

interface Wanted {
  readonly group: string;
  /** Path of its hatch: by this it is known. */
  readonly path: string;
  readonly plan: SharedSocketPlan;
}

interface Open extends Wanted {
  readonly socket: SharedSocket;
}

const isSame = (a: SharedSocketPlan, b: SharedSocketPlan): boolean =>
  a === b || JSON.stringify(a) === JSON.stringify(b);

/** Opened at the first launch, kept over restarts, closed with the group. */
export class SharedSockets {
  readonly #parts: SharedSocketsParts;
  readonly #open = new Map<string, Open>();
  /** By path: launches at the same time wait for one opening. */
  readonly #opening = new Map<string, Promise<string | null>>();

  constructor(parts: SharedSocketsParts) {
    this.#parts = parts;
  }

  /** Null when the process shares no socket or all are there; else why not, with a cure. */
  async refusal(plan: ProcessPlan): Promise<string | null> {
    for (const wanted of this.#wantedBy(plan)) {
      const refusal = await this.#ready(wanted);
      if (refusal !== null) return refusal;
    }
    return null;
  }

  /** A subscriber of the bus. */
  announce(event: Event): void {
    if (event.type !== 'group' || event.change !== 'removed') return;
    for (const { group, path } of this.#open.values()) if (group === event.group) this.#close(path);
  }

  /** The config has changed: closes what no process wants any more. */
  tidy(): void {
    for (const { group, path } of this.#open.values()) {
      const processes = this.#parts.groupOf(group)?.processes ?? [];
      const isWanted = processes.some((plan) => this.#wantedBy(plan).some((wanted) => wanted.path === path));
      if (!isWanted) this.#close(path);
    }
  }

  closeAll(): void {
    for (const path of this.#open.keys()) this.#close(path);
  }

  #wantedBy(plan: ProcessPlan): readonly Wanted[] {
    const { folder, groupOf } = this.#parts;
    const { group } = plan;
    const fcgi = plan.kind === 'fcgi-program' ? groupOf(group)?.socket : undefined;
    return [
      ...(fcgi === undefined ? [] : [{ group, path: hatchOf(folder, group), plan: fcgi }]),
      ...plan.sockets.map((one) => ({ group, path: hatchFor(folder, plan, one.name), plan: one })),
    ];
  }

  async #ready(wanted: Wanted): Promise<string | null> {
    const known = this.#open.get(wanted.path);
    if (known?.socket.isOpen === true && isSame(known.plan, wanted.plan)) return null;
    const opening = this.#opening.get(wanted.path) ?? this.#reopen(wanted);
    this.#opening.set(wanted.path, opening);
    return opening.finally(() => this.#opening.delete(wanted.path));
  }

  async #reopen(wanted: Wanted): Promise<string | null> {
    const { guardian } = this.#parts;
    const { path, plan } = wanted;
    if (guardian === null) return 'it shares a socket, which needs the guardian; run `npm run build`';
    this.#close(path);
    const socket = await openSharedSocket({ guardian, hatch: path, plan });
    if (typeof socket === 'string') return `cannot open socket ${plan.url}: ${socket}`;
    this.#open.set(path, { ...wanted, socket });
    return null;
  }

  #close(path: string): void {
    this.#open.get(path)?.socket.close();
    this.#open.delete(path);
  }
}
