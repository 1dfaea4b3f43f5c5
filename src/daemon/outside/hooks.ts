// Who tells the operator's hooks? Nobody in a config without hooks: what it takes is loaded when the first one is there.

import type { HookRoom } from '../../events/hook-room.ts';
import type { About } from '../../events/message.ts';
import type { Note } from '../../events/note.ts';
import type { EventSink } from '../../events/room.ts';
import type { HookRoomFacts } from './hook-acts.ts';
import type { HookPlan, HookStatus } from '../../model/hook.ts';

/** Milliseconds that hooks may take to tell what happened last, before the supervisor is gone. */
const LAST_EVENTS = 3000;

export class Hooks implements EventSink {
  readonly #facts: HookRoomFacts;
  #room: HookRoom | null = null;

  constructor(facts: HookRoomFacts) {
    this.#facts = facts;
  }

  /** Undefined in a config without hooks. */
  get statuses(): readonly HookStatus[] | undefined {
    const statuses = this.#room?.statuses ?? [];
    return statuses.length === 0 ? undefined : statuses;
  }

  async adopt(plans: readonly HookPlan[]): Promise<void> {
    if (plans.length > 0 && this.#room === null) {
      const { openHookRoom } = await import('./hook-acts.ts');
      this.#room ??= openHookRoom(this.#facts);
    }
    this.#room?.adopt(plans, LAST_EVENTS);
  }

  wants(name: Note['name']): boolean {
    return this.#room?.wants(name) ?? false;
  }

  accept(note: Note, about: About): void {
    this.#room?.accept(note, about);
  }

  async close(): Promise<void> {
    await this.#room?.close(LAST_EVENTS);
  }
}
