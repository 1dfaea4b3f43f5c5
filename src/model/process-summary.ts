// What does one line of a list say of a process? Facts only: words are made where they are shown.

import type { Score } from './event.ts';
import type { Exit, Reason } from './phase.ts';
import type { Readiness } from './readiness.ts';
import type { State } from './state.ts';
import type { Verdict } from './verdict.ts';

export interface ProcessSummary {
  readonly group: string;
  readonly name: string;
  readonly state: State;
  /** Epoch seconds; 0 while it is not up. */
  readonly since: number;
  readonly members: number;
  /** Bytes resident; null when not known. */
  readonly memory: number | null;
  /** Percent of one core; null when not known. */
  readonly cpu: number | null;
  readonly score: Score | null;
  readonly readiness: Readiness | null;
  readonly restarts: number;
  readonly lastDeath: {
    readonly exit: Exit;
    readonly reason: Reason;
    readonly verdict: Verdict | null;
  } | null;
  /** A word more where the state alone says too little; else empty. */
  readonly why: string;
}
