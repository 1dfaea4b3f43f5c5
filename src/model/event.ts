// What happened? Everything the supervisor announces, values fixed at the moment it happened.

import type { Death, Identity, Reason, Swept } from './phase.ts';
import type { Readiness } from './readiness.ts';
import type { Signal } from './signals.ts';
import type { Mood, State } from './state.ts';
import type { Verdict } from './verdict.ts';

export interface ProcessName {
  readonly group: string;
  readonly name: string;
}

/** Score asked for and score got; `refusal` is the kernel's errno name when they differ because of it. */
export interface Score {
  readonly requested: number;
  readonly effective: number;
  readonly refusal: string | null;
}

export type Event =
  /** A change that supervisord's clients know. `settling` and `launching` make none of their own. */
  | {
      readonly type: 'state';
      readonly process: ProcessName;
      readonly from: State;
      readonly to: State;
      readonly pid: number;
      /** Failure counter, for STARTING and BACKOFF. */
      readonly tries: number;
      /** For EXITED. */
      readonly expected: boolean;
    }
  | {
      readonly type: 'launched';
      readonly process: ProcessName;
      readonly leader: Identity;
      readonly score: Score;
    }
  | { readonly type: 'launch-failed'; readonly process: ProcessName; readonly error: string }
  | {
      readonly type: 'died';
      readonly process: ProcessName;
      readonly death: Death;
      readonly reason: Reason;
      readonly expected: boolean;
    }
  | { readonly type: 'member-killed'; readonly process: ProcessName; readonly verdict: Verdict }
  | { readonly type: 'swept'; readonly process: ProcessName; readonly swept: Swept }
  | {
      readonly type: 'signalled';
      readonly process: ProcessName;
      readonly pid: number;
      readonly signal: Signal;
    }
  | {
      readonly type: 'delayed';
      readonly process: ProcessName;
      readonly seconds: number;
      readonly why: string;
    }
  /** It uses much memory, or waits for it: what was seen and what is done. */
  | { readonly type: 'memory-care'; readonly process: ProcessName; readonly text: string }
  /** It is restarted because something that it depends on was. */
  | { readonly type: 'renewed'; readonly process: ProcessName; readonly because: string }
  /** A run by the clock has come due; times are epoch milliseconds. `missed`: nobody looked when it was. */
  | {
      readonly type: 'scheduled';
      readonly process: ProcessName;
      readonly act: 'started' | 'skipped' | 'queued' | 'replaced' | 'missed';
      readonly due: number;
      readonly next: number | null;
    }
  /** What is known of a live process beyond being up has changed. */
  | { readonly type: 'readiness'; readonly process: ProcessName; readonly readiness: Readiness }
  | { readonly type: 'mood'; readonly mood: Mood }
  | { readonly type: 'group'; readonly group: string; readonly change: 'added' | 'removed' };

export type EventType = Event['type'];
