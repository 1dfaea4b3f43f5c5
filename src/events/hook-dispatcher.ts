// Which hooks are there, and how do they follow a config that changes?

import { isDeepStrictEqual } from 'node:util';
import type { HookPlan, HookStatus } from '../model/hook.ts';
import { Hook, type HookParts, type Send } from './hook.ts';
import type { About } from './message.ts';
import type { Note } from './note.ts';

export interface HookDispatcherParts extends Pick<HookParts, 'host' | 'supervisor' | 'clock' | 'say'> {
  readonly sendOf: (plan: HookPlan) => Send;
}

export class HookDispatcher {
  readonly #parts: HookDispatcherParts;
  #hooks: readonly Hook[] = [];

  constructor(parts: HookDispatcherParts) {
    this.#parts = parts;
  }

  get statuses(): readonly HookStatus[] {
    return this.#hooks.map(({ status }) => status);
  }

  /** A hook that is the same as before goes on; what one that is gone still has to tell, it has `ms` milliseconds for. */
  adopt(plans: readonly HookPlan[], ms: number): void {
    const before = this.#hooks;
    this.#hooks = plans.map(
      (plan) => before.find((hook) => isDeepStrictEqual(hook.plan, plan)) ?? this.#create(plan),
    );
    for (const hook of before) if (!this.#hooks.includes(hook)) void hook.close(ms);
  }

  wants(name: Note['name']): boolean {
    return this.#hooks.some((hook) => hook.wants(name));
  }

  accept(note: Note, about: About): void {
    for (const hook of this.#hooks) if (hook.wants(note.name)) hook.accept(note, about);
  }

  /** Resolves after `ms` milliseconds and a moment at the latest. */
  async close(ms: number): Promise<void> {
    await Promise.all(this.#hooks.map((hook) => hook.close(ms)));
  }

  #create(plan: HookPlan): Hook {
    return new Hook({ ...this.#parts, plan, send: this.#parts.sendOf(plan) });
  }
}
