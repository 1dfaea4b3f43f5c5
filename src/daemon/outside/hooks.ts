// Who tells the operator's hooks? Nobody in a config without hooks: what it takes is loaded when the first one is there.

import type { HookDispatcher } from '../../events/hook-dispatcher.ts';
import type { About } from '../../events/message.ts';
import type { Note } from '../../events/note.ts';
import type { EventSink } from '../../events/dispatcher.ts';
import type { HookFacts } from './hook-acts.ts';
import type { HookPlan, HookStatus } from '../../model/hook.ts';

/** Milliseconds that hooks may take to tell what happened last, before the supervisor is gone. */
const LAST_EVENTS = 3000;

export class Hooks implements EventSink {
  readonly #facts: HookFacts;
  #dispatcher: HookDispatcher | null = null;

  constructor(facts: HookFacts) {
    this.#facts = facts;
  }

  /** Undefined in a config without hooks. */
  get statuses(): readonly HookStatus[] | undefined {
    const statuses = this.#dispatcher?.statuses ?? [];
    return statuses.length === 0 ? undefined : statuses;
  }

  async adopt(plans: readonly HookPlan[]): Promise<void> {
    if (plans.length > 0 && this.#dispatcher === null) {
      const { openHookDispatcher } = await import('./hook-acts.ts');
      this.#dispatcher ??= openHookDispatcher(this.#facts);
    }
    this.#dispatcher?.adopt(plans, LAST_EVENTS);
  }

  wants(name: Note['name']): boolean {
    return this.#dispatcher?.wants(name) ?? false;
  }

  accept(note: Note, about: About): void {
    this.#dispatcher?.accept(note, about);
  }

  async close(): Promise<void> {
    await this.#dispatcher?.close(LAST_EVENTS);
  }
}
