// What may be asked of the supervisor, and what does it answer?

import type { DutyType } from './duty.ts';
import type { Exit, Reason } from './phase.ts';
import type { ErrorCode, TsvisorError } from './errors.ts';
import type { ProcessName, Score } from './event.ts';
import type { HookStatus } from './hook.ts';
import type { IncidentsReply, OomRankReply } from './oom-report.ts';
import type { ProcessPlan } from './plan.ts';
import type { Readiness } from './readiness.ts';
import type { Signal } from './signals.ts';
import type { Mood, State } from './state.ts';
import type { Verdict } from './verdict.ts';

/** What one stream wrote and its log does not hold, under this supervisor. */
export interface LogLoss {
  /** Over a rate limit, or its reader was too slow. */
  readonly droppedBytes: number;
  readonly droppedLines: number;
  /** The log could not be written. */
  readonly failedBytes: number;
}

/** By stream; only those that have a limit, or have lost something. */
export type LogLosses = Readonly<Partial<Record<'stdout' | 'stderr', LogLoss>>>;

/** Of a oneshot, or of a program that is started by the clock. */
interface DutyStatus {
  readonly type: DutyType;
  /** Whether its last run ended with an expected exit code. */
  readonly completed: boolean;
  /** Epoch seconds; null without a schedule, or when it never comes again. */
  readonly nextRun: number | null;
}

/** A process that starts by itself and is not as it should be. */
export interface Unready extends ProcessName {
  readonly why: string;
  /** Nobody tries again. */
  readonly final: boolean;
}

export interface ReadinessReply {
  /** Whether every process that starts by itself is up, ready and healthy, or has completed. */
  readonly ready: boolean;
  /** In the order of the config. */
  readonly waiting: readonly Unready[];
}

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
  /** Null where the program neither says that it is ready nor is checked, and while nothing runs. */
  readonly readiness: Readiness | null;
  /** Null for a service without a schedule. */
  readonly duty: DutyStatus | null;
  readonly restarts: number;
  /** Null before the first launch. */
  readonly score: Score | null;
  /** Kind of the containment in use, e.g. `cgroup2`, `freezer`, `reap`, `scan`, `portable`. */
  readonly containment: string;
  /** Bytes resident in all members; null when not running or not readable. */
  readonly memory: number | null;
  /** Bytes, shared pages divided among those who share them; absent where `measure_pss` does not ask for it, null when not readable. */
  readonly pss?: number | null;
  /** Percent of one core, all members together. */
  readonly cpu: number | null;
  readonly members: number;
  readonly memoryMax: { readonly requested: number; readonly enforcedBy: string | null } | null;
  readonly lastDeath: {
    readonly at: number;
    readonly exit: Exit;
    /** Why it ended: `died` by itself, or what tsvisor or an operator ended it for. */
    readonly reason: Reason;
    readonly verdict: Verdict | null;
  } | null;
  readonly stdoutLog: string;
  readonly stderrLog: string;
  /** Absent where nothing can be or has been lost. */
  readonly logsLost?: LogLosses;
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
  /** Absent in a config without hooks. */
  readonly hooks?: readonly HookStatus[];
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
  /** What fills the words of `code`; absent when it went well. */
  readonly facts?: TsvisorError['facts'];
}

/** One process in supervisord's view: what a client asks for many times a second, so it costs no look at the kernel. */
export interface ProcessInfo {
  readonly group: string;
  readonly name: string;
  readonly state: State;
  readonly description: string;
  readonly pid: number;
  /** Epoch seconds; 0 when never. */
  readonly start: number;
  readonly stop: number;
  readonly now: number;
  /** 0 when none, -1 for a death by signal. */
  readonly exitStatus: number;
  readonly spawnError: string;
  /** Paths; empty when there is none. */
  readonly stdoutLog: string;
  readonly stderrLog: string;
}

/** What a file read anew would change, by group name. */
export interface RereadReply {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

/** One thing that `apply` does or would do, with its reason in words. */
export interface ApplyStep {
  readonly group: string;
  /** Null: the whole group. */
  readonly name: string | null;
  readonly act: 'add' | 'remove' | 'restart' | 'live';
  /** E.g. `command changed`; the keys, in the words of the config. */
  readonly why: string;
}

export interface ApplyReply {
  readonly steps: readonly ApplyStep[];
  /** False for a dry run. */
  readonly applied: boolean;
  /** What failed, and what needs a restart of the supervisor. */
  readonly notices: readonly string[];
}

/** Of a log: where the reading ended. `overflow` as supervisord's tail*Log means it. */
export interface LogReply {
  readonly bytes: Uint8Array;
  readonly offset: number;
  readonly overflow: boolean;
}

/** One process as the config that was read last wants it. */
export interface ConfigReply {
  readonly plan: ProcessPlan;
  readonly groupPriority: number;
  /** Whether its group is active now. */
  readonly inUse: boolean;
  /** Paths of its logs; `auto` where that is not yet decided, null where there is none. */
  readonly stdoutLog: string | null;
  readonly stderrLog: string | null;
}

type Names = { readonly names: readonly string[] };
type Waiting = Names & { readonly wait: boolean };
/** One log: of a process by its name, or, with `name` null, the supervisor's own. */
type OfLog = { readonly name: string | null; readonly stream: 'stdout' | 'stderr' };

export type Command =
  | ({ readonly verb: 'start' | 'stop' | 'restart' } & Waiting)
  | ({ readonly verb: 'signal'; readonly signal: Signal } & Names)
  | { readonly verb: 'status' | 'readiness' | 'infos' | 'shutdown' | 'reload' | 'configs' }
  /** Reads the files anew; what runs is not touched. */
  | { readonly verb: 'reread' }
  | { readonly verb: 'add-group' | 'remove-group'; readonly group: string }
  | { readonly verb: 'apply'; readonly dryRun: boolean }
  | ({ readonly verb: 'read-log' | 'tail-log'; readonly offset: number; readonly length: number } & OfLog)
  /** Null: the supervisor's own log. */
  | { readonly verb: 'clear-log'; readonly names: readonly string[] | null }
  | { readonly verb: 'send-stdin'; readonly name: string; readonly bytes: Uint8Array }
  /** Assumptions as text, `web=+500,db=-300` and `web=512M`; empty for things as they are. */
  | { readonly verb: 'oom-rank'; readonly whatIf: string; readonly limits: string }
  | { readonly verb: 'incidents' }
  /** As `oom_score_adj` in a config. */
  | ({ readonly verb: 'set-score'; readonly score: string } & Names)
  | { readonly verb: 'send-event'; readonly type: string; readonly data: string };

export type Verb = Command['verb'];

/** What each command is answered with. */
export interface Replies {
  readonly status: StatusReply;
  readonly readiness: ReadinessReply;
  /** Sorted by group, then name. The same list, not an equal one, as long as nothing has changed. */
  readonly infos: readonly ProcessInfo[];
  readonly configs: readonly ConfigReply[];
  readonly reread: RereadReply;
  readonly apply: ApplyReply;
  readonly 'read-log': LogReply;
  readonly 'tail-log': LogReply;
  readonly 'oom-rank': OomRankReply;
  readonly incidents: IncidentsReply;
}

export type ReplyTo<V extends Verb> = V extends keyof Replies ? Replies[V] : readonly Outcome[];
export type Reply = ReplyTo<Verb>;

/** The supervisor's one door: refuses with a TsvisorError. */
export type Ask = (command: Command) => Promise<Reply>;
