// Which verbs does tsvisor need from the kernel? Types only; linux.ts does them, test/kernel/fake.ts plays them.

import type { Identity } from '../model/phase.ts';
import type { Signal } from '../model/signals.ts';
import type { OomRecord } from '../model/verdict.ts';

/** Expected failures are values. */
export type Refusal = 'gone' | 'denied' | 'absent';

export interface Clock {
  /** Monotonic milliseconds. */
  now(): number;
  /** Milliseconds since the epoch, for people only. */
  wall(): number;
  /** Calls back once after `ms`; the returned function disarms. */
  after(ms: number, call: () => void): () => void;
}

/** One row of /proc/PID/stat. */
export interface ProcessRow extends Identity {
  readonly ppid: number;
  readonly pgid: number;
  readonly sid: number;
  readonly comm: string;
  /** `Z` and `X` with one thread are dead already; a `Z` with more is a leader thread that ended before the others. */
  readonly state: string;
  readonly threads: number;
}

/** Bytes, from /proc/PID/status and statm. */
export interface MemoryRow {
  readonly rss: number;
  readonly anon: number;
  readonly swap: number;
  readonly pageTables: number;
}

export interface Processes {
  /** The row of a live process, or 'gone'. Zombies are rows with state Z. */
  row(pid: number): ProcessRow | 'gone';
  /** True while that very process runs and is not a zombie. */
  alive(identity: Identity): boolean;
  /** Every process of the machine that can be seen. */
  all(): readonly ProcessRow[];
  /** The pid that was given last, to anybody; null when it cannot be read. */
  newest(): number | null;
  /** Direct children (all threads of `pid`). */
  children(pid: number): readonly number[];
  /** Value of one variable in the environment a process was started with. */
  environ(pid: number, name: string): { readonly value: string | null } | Refusal;
  memory(pid: number): MemoryRow | Refusal;
  /** Proportional memory in bytes: shared pages are shared out. Costs the kernel a walk over all its pages. */
  pss(pid: number): number | Refusal;
  /** Checks the start tick, then signals; a pid alone is never signalled. */
  signal(identity: Identity, signal: Signal): 'sent' | Refusal;
  /** Signals the process group that `leader` leads; refuses groups 0 and 1 and our own. */
  signalGroup(leader: Identity, signal: Signal): 'sent' | Refusal;
  /** oom_score_adj, read back from the kernel. */
  score(pid: number): number | Refusal;
  setScore(pid: number, value: number): { readonly effective: number; readonly refusal: string | null };
}

export interface OomWatch {
  /** False in a PID namespace of its own: the kernel log then names other pids than ours. */
  readonly pidsMatch: boolean;
  /** Machine-wide `oom_kill` of /proc/vmstat, or null. */
  machineKills(): number | null;
  /** New OOM records since the last drain; first call drains the past. Never blocks. */
  drainKernelLog(): {
    readonly records: readonly OomRecord[];
    readonly state: 'readable' | 'denied' | 'absent' | 'lost-records';
  };
  /** What daemons that kill for memory have written of late, oldest first: never proof, since others could write it. */
  killerMarks(): readonly string[];
  /** Names of the daemons that kill for memory, leave nothing but words and run now. */
  killersHere(): readonly string[];
  /** Whether systemd-oomd runs, as far as our PID namespace shows. */
  oomdHere(): boolean;
}

/** Bytes; null: none. */
export interface MemoryLimits {
  readonly max: number | null;
  readonly high: number | null;
  /** Of swap alone. */
  readonly swap?: number | null;
  /** The kernel kills all members together. */
  readonly oomGroup?: boolean;
}

/** One process's place in the cgroup trees. Created before launch, kept over restarts, removed with the process. */
export interface Cgroup {
  /** Files to write the joining pid to (the guardian's exec does it), outermost last. */
  readonly joinFiles: readonly string[];
  /** Path as the kernel log writes it (task_memcg), or null without a memory controller. */
  readonly memoryPath: string | null;
  members(): readonly number[];
  empty(): boolean;
  /** Kills every member at once (cgroup.kill or freezer); one write, no fork. Returns how many were there. */
  kill(): number;
  /** `oom_kill`, `oom` and `oom_group_kill` counters, or nulls. */
  counters(): {
    readonly cgroup: number | null;
    readonly limitHits: number | null;
    readonly groupKills?: number | null;
  };
  /** Bytes charged now, and how many of them are files (page cache, tmpfs, shared memory); null without a controller. */
  charge(): { readonly bytes: number; readonly files: number } | null;
  /** Bytes charged now, by one small read; null without a controller. */
  charged(): number | null;
  /** Sets limits; says which file enforces them, or the reason why none does. */
  limit(limits: MemoryLimits): { readonly enforcedBy: string | null; readonly refusal: string | null };
  /** Absolute path of the file that tells its members' waits for memory; null where it has none of its own. */
  readonly pressureFile: string | null;
  /** Calls back when the counters or `populated` may have changed, where the kernel notifies; null where it does not. */
  watch(changed: () => void): (() => void) | null;
  remove(): void;
}

/** What a probe at start found. */
export interface CgroupTier {
  readonly kind: 'cgroup2' | 'freezer';
  readonly memory: 'v2' | 'v1' | null;
  /** Absolute folder that holds all cgroups of this tsvisor. */
  readonly root: string;
  /** The cgroup of one process: a leaf below its group's. */
  leaf(group: string, name: string): Cgroup;
  /** Kills all members of every process of a group by one write. */
  killGroup(group: string): number;
  /** Limits for all processes of a group together. */
  limitGroup(group: string, limits: MemoryLimits): ReturnType<Cgroup['limit']>;
  /** Bytes charged to all processes together, by one small read; null without a controller. */
  charged(): number | null;
  /** Every pid in any cgroup of this tsvisor: leftovers at start. */
  everyone(): readonly number[];
  killEveryone(): void;
  /** Removes all empty cgroups below the root, and the root. */
  dismantle(): void;
}
