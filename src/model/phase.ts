// In what phase of its life is a process, and what does that phase carry?

import type { Signal } from './signals.ts';
import type { State } from './state.ts';
import type { Verdict } from './verdict.ts';

/** An OS process that cannot be mistaken for another: a pid is reused, a pid with its start tick is not. */
export interface Identity {
  readonly pid: number;
  /** /proc/PID/stat field 22, clock ticks since boot. */
  readonly startTick: number;
}

/** How a leader ended. Exactly one of `code` and `signal` is set; both null when nobody could see it. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Death {
  readonly leader: Identity;
  readonly exit: Exit;
  /** Milliseconds from exec to death, monotonic. */
  readonly lived: number;
  /** Wall clock, milliseconds since the epoch. */
  readonly at: number;
  /** Null until judged. */
  readonly verdict: Verdict | null;
}

/** What a sweep found and left. */
export interface Swept {
  /** Members that had to be killed. */
  readonly killed: number;
  /** Milliseconds from the request to the sight of emptiness. */
  readonly took: number;
  /** Members that SIGKILL has not removed (uninterruptible sleep); empty when the sweep is done. */
  readonly remaining: readonly Identity[];
}

/** Ask members politely before SIGKILL; null kills at once. `ms` is what is left of stopwaitsecs. */
export type Grace = { readonly signal: Signal; readonly ms: number } | null;

/** Why a process is being brought to rest. */
export type Reason =
  | 'stop'
  | 'shutdown'
  | 'oom-member'
  | 'oom-group'
  | 'unhealthy'
  | 'watchdog'
  | 'died'
  | 'replaced';

/** Killed at once by ourselves, and not for memory: the verdict says why. */
export const isGivenUp = (reason: Reason | undefined): reason is 'unhealthy' | 'watchdog' =>
  reason === 'unhealthy' || reason === 'watchdog';

/**
 * `settling`: the leader is gone (or doomed), the members are not yet proved gone. `stuck`: SIGKILL was sent, members
 * remain. Times named `since` and `until` are monotonic milliseconds.
 */
export type Phase =
  | { readonly name: 'stopped' }
  /** At the gate: memory is short, others come first, or those it depends on are not there yet. */
  | { readonly name: 'waiting'; readonly since: number; readonly why: string }
  | { readonly name: 'launching'; readonly since: number; readonly doomed: Reason | null }
  | { readonly name: 'starting'; readonly leader: Identity; readonly since: number }
  | { readonly name: 'running'; readonly leader: Identity; readonly since: number }
  | {
      readonly name: 'stopping';
      readonly leader: Identity;
      readonly since: number;
      readonly reason: Reason;
      readonly deadline: number;
      /** As late as the program itself can move the deadline. */
      readonly latest: number;
      readonly wasRunning: boolean;
    }
  | {
      readonly name: 'settling';
      readonly reason: Reason;
      /** Which state the outside saw before: decides between EXITED and BACKOFF. */
      readonly from: 'STARTING' | 'RUNNING' | 'STOPPING';
      readonly leader: Identity;
      readonly since: number;
      /** Why it was condemned, when a member's death was judged before the leader's end. */
      readonly verdict: Verdict | null;
      readonly death: Death | null;
      readonly swept: Swept | null;
    }
  | { readonly name: 'backoff'; readonly until: number; readonly error: string; readonly death: Death | null }
  | { readonly name: 'exited'; readonly death: Death; readonly expected: boolean; readonly why: string }
  | { readonly name: 'fatal'; readonly error: string }
  | {
      readonly name: 'stuck';
      readonly remaining: readonly Identity[];
      readonly next: Extract<Phase, { name: 'settling' }>;
    };

export type PhaseName = Phase['name'];

export const STATE_OF: Readonly<Record<PhaseName, State>> = {
  stopped: 'STOPPED',
  waiting: 'BACKOFF',
  launching: 'STARTING',
  starting: 'STARTING',
  running: 'RUNNING',
  stopping: 'STOPPING',
  settling: 'STOPPING',
  backoff: 'BACKOFF',
  exited: 'EXITED',
  fatal: 'FATAL',
  stuck: 'UNKNOWN',
};
