// Was it memory? The words of the answer and the facts it rests on.

export type Certainty = 'certain' | 'likely' | 'no' | 'unknown';

export type Cause =
  | 'own-limit'
  | 'outer-limit'
  | 'machine'
  /** A daemon such as systemd-oomd, earlyoom or nohang, before the kernel had to. */
  | 'userspace-killer'
  /** A language runtime gave up at its own limit: nobody killed it. */
  | 'runtime-heap'
  | 'tsvisor'
  | 'operator'
  | 'exit'
  | 'signal'
  | 'unknown';

/** One "Killed process" record of the kernel log with its "oom-kill:" line. Memory in kB, as the kernel writes it. */
export interface OomRecord {
  /** /dev/kmsg sequence number. */
  readonly seq: number;
  /** Microseconds since boot. */
  readonly usec: number;
  readonly pid: number;
  readonly comm: string;
  readonly scope: 'memcg' | 'global' | 'unknown';
  /** The cgroup whose limit was hit; null when the whole machine was short or the line is missing. */
  readonly limitCgroup: string | null;
  /** The victim's cgroup; null when the line is missing (group members have none). */
  readonly taskCgroup: string | null;
  readonly anonRss: number;
  readonly fileRss: number;
  readonly shmemRss: number;
  /** Absent when the log has no row of it in its table of tasks. */
  readonly swap?: number;
  /** `MEMCG`, `NONE`, `CPUSET` or `MEMORY_POLICY`; absent without the line that tells it. */
  readonly constraint?: string;
  /** As the kernel wrote it, decoded: the line that tells the place, where there is one, and that of the kill. */
  readonly lines?: readonly string[];
  readonly score: number | null;
}

/** Counters that only the kernel raises. Null: cannot be read here. */
export interface OomCounters {
  /** `oom_kill` of the process's own cgroup (memory.events on v2, memory.oom_control on v1). */
  readonly cgroup: number | null;
  /** `oom` of the same file: the limit was hit here. v2 only. */
  readonly limitHits: number | null;
  /** `oom_group_kill` of it: the kernel took the whole cgroup. v2 since Linux 5.17. */
  readonly groupKills?: number | null;
  /** `oom_kill` of /proc/vmstat. */
  readonly machine: number | null;
}

export interface Evidence {
  readonly before: OomCounters;
  readonly after: OomCounters;
  readonly records: readonly OomRecord[];
  readonly kernelLog: 'readable' | 'denied' | 'absent' | 'lost-records';
}

/** Bytes at the kill. */
export interface VictimMemory {
  readonly anon: number;
  readonly file: number;
  readonly shmem: number;
  /** Null when nobody has told. */
  readonly swap: number | null;
}

export interface Victim {
  readonly pid: number;
  readonly comm: string | null;
  /** Absent without a record of the kill. */
  readonly memory?: VictimMemory;
}

export interface Verdict {
  readonly oom: Certainty;
  readonly cause: Cause;
  /** One sentence for people: the evidence and the limit. */
  readonly because: string;
  readonly victim: Victim | null;
  readonly evidence: Evidence | null;
}

export const isOom = (verdict: Verdict | null): boolean =>
  verdict !== null && (verdict.oom === 'certain' || verdict.oom === 'likely');
