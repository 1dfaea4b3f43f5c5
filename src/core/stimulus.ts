// What can happen to a process, and what may the machine ask for in answer?

import type { Event } from '../model/event.ts';
import type { Death, Exit, Grace, Identity, Phase, Reason, Swept } from '../model/phase.ts';
import type { ProcessPlan } from '../model/plan.ts';
import type { Signal } from '../model/signals.ts';
import type { Verdict } from '../model/verdict.ts';
import type { OrderedBy } from './hands.ts';

export type Stimulus =
  /** `automatic`: nobody asked; the delays for fast deaths hold. */
  | { readonly name: 'start'; readonly automatic: boolean }
  /** Politely: the stop signal, then the rest of stopwaitsecs. */
  | { readonly name: 'stop'; readonly reason: Reason }
  /** At once: the members are not to be trusted any more. */
  | { readonly name: 'condemn'; readonly reason: Reason; readonly verdict: Verdict | null }
  | { readonly name: 'launched'; readonly leader: Identity }
  | { readonly name: 'launch-failed'; readonly error: string; readonly retry: boolean }
  | { readonly name: 'ended'; readonly exit: Exit }
  | { readonly name: 'judged'; readonly verdict: Verdict }
  | { readonly name: 'swept'; readonly swept: Swept }
  /** The members that a sweep could not remove are gone at last. */
  | { readonly name: 'freed' }
  /** The timer that the phase armed. */
  | { readonly name: 'elapsed' }
  /** The program asks for so many milliseconds from now. */
  | { readonly name: 'extend'; readonly ms: number }
  /** The gate lets it in. */
  | { readonly name: 'admitted' };

export type StimulusName = Stimulus['name'];

export type Effect =
  | { readonly do: 'launch' }
  | {
      readonly do: 'signal';
      readonly leader: Identity;
      readonly signal: Signal;
      readonly whom: 'leader' | 'group';
    }
  | { readonly do: 'sweep'; readonly leader: Identity; readonly grace: Grace }
  | { readonly do: 'await-freed'; readonly remaining: readonly Identity[] }
  | { readonly do: 'judge'; readonly death: Death; readonly orderedBy: OrderedBy }
  | { readonly do: 'arm'; readonly ms: number }
  | { readonly do: 'announce'; readonly event: Event }
  /** on_oom=restart-group: every process of the group is swept and started again. */
  | { readonly do: 'restart-group' };

/** What a process remembers over its lives. */
export interface History {
  /** Failed attempts in a row to reach RUNNING. */
  readonly failures: number;
  /** Lives in a row that reached RUNNING and were short. */
  readonly fastDeaths: number;
  /** Launches that nobody asked for: restarts. */
  readonly restarts: number;
  /** When it was killed for memory, monotonic milliseconds; kept for the window of `oom_restart` only. */
  readonly oomKills: readonly number[];
}

export interface Context {
  readonly plan: ProcessPlan;
  /** Monotonic milliseconds. */
  readonly now: number;
  /** Milliseconds since the epoch. */
  readonly wall: number;
  readonly history: History;
  /** Why a launch must wait at the gate; null or absent when it need not. */
  readonly wait?: () => string | null;
  /** From 0 to 1, at random: spreads restarts of siblings. */
  readonly chance?: number;
}

export interface Step {
  readonly phase: Phase;
  readonly history: History;
  readonly effects: readonly Effect[];
}
