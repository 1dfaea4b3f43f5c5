// What may core ask for? Its hands: one interface that daemon.ts fills with acts on real processes.

import type { Death, Exit, Grace, Identity, Swept } from '../model/phase.ts';
import type { LogLosses } from '../model/command.ts';
import type { Event, Score } from '../model/event.ts';
import type { ProcessPlan } from '../model/plan.ts';
import type { Signal } from '../model/signals.ts';
import type { Verdict } from '../model/verdict.ts';

export interface Launched {
  readonly leader: Identity;
  readonly score: Score;
  /** Resolves when the leader has ended and been reaped. */
  readonly ended: Promise<Exit>;
}

/** A launch that failed before exec: a sentence for people, already with its cure. */
export interface LaunchFailed {
  readonly error: string;
  readonly retry: boolean;
}

/** What can be seen of a process's members now. */
export interface Inspection {
  readonly containment: string;
  /** Pids, the leader's included; empty when nothing runs. */
  readonly members: readonly number[];
  /** The file that enforces memory_max; null when none does. */
  readonly enforcedBy: string | null;
}

/** Paths; empty where there is none. */
export interface LogPaths {
  readonly stdoutLog: string;
  readonly stderrLog: string;
  /** Absent where nothing can be or has been lost. */
  readonly logsLost?: LogLosses;
}

/** Of one pid: bytes resident, percent of one core. */
export interface Usage {
  readonly memory: number;
  readonly cpu: number;
}

/** Who had sent the signal that explains a death; null when nobody we know of. */
export type OrderedBy = 'tsvisor' | 'operator' | null;

/** Why a command cannot be launched, in supervisord's words. */
export interface CommandRefusal {
  readonly code: 'NO_COMMAND' | 'NOT_EXECUTABLE';
  readonly reason: string;
}

export interface Hands {
  /** Looked at before an operator's start, which then changes nothing; null when it can be tried. */
  lookup(plan: ProcessPlan): CommandRefusal | null;
  launch(plan: ProcessPlan): Promise<Launched | LaunchFailed>;
  signal(leader: Identity, signal: Signal, whom: 'leader' | 'group'): 'sent' | 'gone' | 'denied';
  /** Makes the members none. Resolves when seen empty, or with `remaining` after the kernel refused to let them die. */
  sweep(plan: ProcessPlan, leader: Identity | null, grace: Grace): Promise<Swept>;
  /** Resolves when the members a sweep could not remove are gone. */
  freed(plan: ProcessPlan, remaining: readonly Identity[]): Promise<void>;
  judge(process: ProcessPlan, death: Death, orderedBy: OrderedBy): Promise<Verdict>;
  announce(event: Event): void;
  inspect(plan: ProcessPlan, leader: Identity | null): Inspection;
  /** An AUTO log is made by the first question. */
  logs(plan: ProcessPlan): LogPaths;
  /** Pids that are gone are left out. */
  usage(pids: readonly number[]): Promise<ReadonlyMap<number, Usage>>;
  /** Before processes of a changed plan are launched for the first time. Refuses with a TsvisorError. */
  prepare(plans: readonly ProcessPlan[]): Promise<void>;
  /** Gives a process what its changed plan wants without a new leader; answers what was refused. */
  adopt(plan: ProcessPlan, leader: Identity | null): readonly string[];
  /** Frees everything kept for a process that is at rest and removed. */
  release(plan: ProcessPlan): Promise<void>;
}
