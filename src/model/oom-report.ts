// Who would the kernel kill next, and what did it kill so far? The answers to `tsvisor oom`.

import type { ProcessName } from './event.ts';
import type { Verdict } from './verdict.ts';

/** One OS process as the OOM killer looks at it. Bytes. */
export interface OomCandidate {
  readonly pid: number;
  /** Pid of its parent. */
  readonly parent: number;
  readonly comm: string;
  /** namespec of the process it is a member of; null for strangers. */
  readonly process: string | null;
  readonly rss: number;
  readonly anon: number;
  readonly file: number;
  readonly shmem: number;
  readonly swap: number;
  readonly pageTables: number;
  /** oom_score_adj: asked for (null for strangers), and as the kernel has it. */
  readonly score: { readonly requested: number | null; readonly effective: number };
  /** /proc/PID/oom_score; null when it cannot be read. */
  readonly kernelScore: number | null;
}

export interface RankedCandidate extends OomCandidate {
  /** By the kernel's formula, bytes; null: never chosen. */
  readonly badness: number | null;
  /** The same when its file pages are gone, as they are before the killer comes: this decides the order. */
  readonly later: number | null;
  readonly why: string;
}

/** A memory domain: what shares a limit. */
export interface OomDomain {
  /** `machine`, or the path of a cgroup. */
  readonly name: string;
  /** Bytes: of the limit, or of the machine's memory. */
  readonly limit: number;
  /** Bytes used of it; null when not readable. */
  readonly used: number | null;
  /** The next victim first. */
  readonly candidates: readonly RankedCandidate[];
  /** Candidates that are not listed. */
  readonly more: number;
}

export interface OomRankReply {
  /** Bytes. */
  readonly memory: { readonly total: number; readonly swap: number; readonly available: number | null };
  readonly kernel: string;
  /** What was changed for the question, in words; empty for things as they are. */
  readonly assumed: readonly string[];
  /** The machine first. */
  readonly domains: readonly OomDomain[];
}

/** Something that was done about an incident. */
interface IncidentAct {
  /** Milliseconds since the incident was known. */
  readonly after: number;
  readonly text: string;
}

/** How things stood a while before an incident was known. Bytes. */
export interface MemorySample {
  /** Milliseconds. */
  readonly before: number;
  /** Of all members of the process. */
  readonly memory: number | null;
  /** The kernel's own oom_score of its leader; null also while its memory hardly changed. */
  readonly score: number | null;
  /** Of the machine, or under the tightest limit around us. */
  readonly available: number | null;
  /** Percent of ten seconds in which somebody waited for memory. */
  readonly pressure: number | null;
}

export interface Incident {
  /** Name of its file without the ending. */
  readonly id: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** When it was judged: milliseconds on the kernel's monotonic clock, near to that of the kernel log. */
  readonly judged: number;
  /** Null: the supervisor itself. */
  readonly process: ProcessName | null;
  readonly whom: 'leader' | 'member' | 'supervisor';
  readonly verdict: Verdict;
  /** Those of its members that were left, the largest first. Bytes. */
  readonly members: readonly {
    readonly pid: number;
    readonly comm: string;
    readonly rss: number;
    readonly swap: number;
  }[];
  /** The machine then, or the tightest limit around us: bytes, and percent of time. */
  readonly memory: { readonly available: number | null; readonly pressure: number | null };
  readonly acts: readonly IncidentAct[];
  /** The minute before, oldest first; empty where nobody looked. */
  readonly samples: readonly MemorySample[];
}

export interface IncidentsReply {
  /** Absolute folder of the files. */
  readonly folder: string;
  /** The latest first. */
  readonly incidents: readonly Incident[];
}
