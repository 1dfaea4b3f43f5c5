// What may be asked of the supervisor, and what does it answer?

import type { Exit } from './phase.ts';
import type { ErrorCode } from './errors.ts';
import type { ProcessName, Score } from './event.ts';
import type { Mood, State } from './state.ts';
import type { Verdict } from './verdict.ts';

export interface ProcessStatus {
  readonly group: string;
  readonly name: string;
  readonly state: State;
  readonly phase: string;
  /** supervisord's words: `pid 12, uptime 0:00:05`, the spawn error, the stop time. */
  readonly description: string;
  readonly pid: number;
  /** Epoch seconds; 0 when never. */
  readonly start: number;
  readonly stop: number;
  /** Seconds; 0 when not running. */
  readonly uptime: number;
  readonly exit: Exit | null;
  readonly spawnError: string;
  readonly restarts: number;
  /** Null before the first launch. */
  readonly score: Score | null;
  /** Name of the containment rung in use, e.g. `cgroup2`, `freezer`, `reap`, `scan`, `portable`. */
  readonly containment: string;
  /** Bytes resident in all members; null when not running or not readable. */
  readonly memory: number | null;
  /** Percent of one core, all members together. */
  readonly cpu: number | null;
  readonly members: number;
  readonly memoryMax: { readonly requested: number; readonly enforcedBy: string | null } | null;
  readonly lastDeath: { readonly at: number; readonly exit: Exit; readonly verdict: Verdict | null } | null;
  readonly stdoutLog: string;
  readonly stderrLog: string;
}

/** How the supervisor before this one ended, as the guardian saw it. */
export interface PastLife {
  /** Number of supervisors this guardian has started, this one included. */
  readonly life: number;
  readonly exit: Exit;
  /** Processes the guardian had to kill. */
  readonly killed: number;
  /** Milliseconds from the death to the last of them gone. */
  readonly took: number;
  readonly verdict: Verdict;
}

export interface SupervisorStatus {
  readonly version: string;
  readonly identifier: string;
  readonly mood: Mood;
  readonly pid: number;
  readonly guardian: {
    readonly pid: number;
    readonly state: 'present' | 'lost' | 'absent';
    readonly score: number | null;
  };
  readonly score: number | null;
  readonly containment: string;
  /** Whether memory limits can be enforced, and by what; null when not. */
  readonly memoryController: string | null;
  readonly config: string;
  readonly socket: string;
  readonly runtimeDir: string;
  /** Epoch seconds. */
  readonly started: number;
  readonly pastLife: PastLife | null;
  /** Things the operator should know, each said once in the log too. */
  readonly notices: readonly string[];
}

export interface StatusReply {
  readonly supervisor: SupervisorStatus;
  readonly processes: readonly ProcessStatus[];
}

/** One line of the answer to start, stop, restart or signal: what became of one process. */
export interface Outcome {
  readonly process: ProcessName;
  readonly ok: boolean;
  readonly code: ErrorCode | null;
  readonly message: string;
}

export type Command =
  | { readonly verb: 'start'; readonly names: readonly string[]; readonly wait: boolean }
  | { readonly verb: 'stop'; readonly names: readonly string[]; readonly wait: boolean }
  | { readonly verb: 'restart'; readonly names: readonly string[]; readonly wait: boolean }
  | { readonly verb: 'signal'; readonly names: readonly string[]; readonly signal: NodeJS.Signals }
  | { readonly verb: 'status' }
  | { readonly verb: 'shutdown' }
  | { readonly verb: 'reload' };

/** `status` is answered by a StatusReply, every other command by what became of the processes it concerns. */
export type Reply = StatusReply | readonly Outcome[];

/** The supervisor's one door: refuses with a TsvisorError. */
export type Ask = (command: Command) => Promise<Reply>;
