// How is one process cared for where memory is short? Its own restarts after OOM kills, its gate, its watches and further limits.

/** Restarts after OOM kills. Seconds. */
export interface OomRestart {
  /** Before the first restart; doubled with each further kill in the window. */
  readonly delay: number;
  readonly maxDelay: number;
  /** Part of a delay by which it is made longer or shorter at random: 0.2 is up to a fifth. */
  readonly jitter: number;
  /** Kills in the window that are answered by a restart; null for any number. */
  readonly most: number | null;
  readonly window: number;
  /** What follows when there are more. */
  readonly afterwards: 'stop' | 'keep-trying';
}

/** What must hold before a start. */
export interface StartWhen {
  /** Bytes of MemAvailable; null for any. */
  readonly memoryAvailable: number | null;
  /** Percent of time in the last ten seconds in which somebody waited for memory; null for any. */
  readonly pressureBelow: number | null;
}

/** Limits that tsvisor itself watches, over all members together. Bytes. */
export interface LimitWatch {
  readonly soft: number | null;
  readonly hard: number | null;
  /** Resident memory counts shared pages for each member, proportional memory shares them out. */
  readonly by: 'rss' | 'pss';
  /** Sent to the leader at the soft limit; null: only told. */
  readonly signal: NodeJS.Signals | null;
}

export type PressureAct =
  | { readonly kind: 'signal'; readonly signal: NodeJS.Signals }
  | { readonly kind: 'run'; readonly command: string }
  | { readonly kind: 'restart' };

/** What is done before the kernel has to kill. */
export interface OnPressure {
  /** Percent of time. */
  readonly above: number;
  /** Seconds for which it must hold. */
  readonly seconds: number;
  readonly act: PressureAct;
}

export interface MemoryCare {
  /** Null: as after any other unexpected end. */
  readonly oomRestart: OomRestart | null;
  readonly startWhen: StartWhen | null;
  /** Bytes of swap; null for no limit. */
  readonly swapMax: number | null;
  /** The kernel kills all members together. */
  readonly oomGroup: boolean;
  readonly limitWatch: LimitWatch | null;
  readonly onPressure: OnPressure | null;
  /** Programs are told where they can watch pressure themselves (MEMORY_PRESSURE_WATCH). */
  readonly tellPressure: boolean;
  /** Its proportional memory is told too, which costs a walk through its pages. */
  readonly measurePss: boolean;
}
