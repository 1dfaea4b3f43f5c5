// What is to run? The frozen result of a config: supervisor settings, groups, and one entry per process.

import type { Problem } from './problem.ts';

export type Autorestart = 'always' | 'unexpected' | 'never';
export type OnOom = 'restart' | 'restart-group' | 'stop' | 'continue';
export type Survivors = 'kill' | 'leave';
export type ContainmentChoice = 'auto' | 'cgroup' | 'reap' | 'scan';

/** Absolute -1000..1000; relative to the supervisor's effective score; or chosen by tsvisor. */
export type ScoreRequest =
  | { readonly kind: 'absolute'; readonly value: number }
  | { readonly kind: 'relative'; readonly value: number }
  | { readonly kind: 'auto' };

/** Numbers only, resolved from the user database when the config is read. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  /** Supplementary groups, the primary one included. */
  readonly groups: readonly number[];
  readonly home: string;
}

/** Where one output stream goes. `path` is absolute. Sizes in bytes; 0 for `maxBytes` never rotates. */
export type LogTarget =
  | { readonly kind: 'none' }
  | { readonly kind: 'auto'; readonly maxBytes: number; readonly backups: number }
  | { readonly kind: 'file'; readonly path: string; readonly maxBytes: number; readonly backups: number };

/** Everything one process needs. `program` is the config entry it comes from; several share one when numprocs > 1. */
export interface ProcessPlan {
  readonly kind: 'program' | 'eventlistener' | 'fcgi-program';
  readonly group: string;
  readonly program: string;
  readonly name: string;
  /** As written after expansion; split by POSIX quoting rules at launch, as supervisord does. */
  readonly command: string;
  readonly directory: string | null;
  readonly umask: number | null;
  readonly user: Account | null;
  readonly priority: number;
  readonly autostart: boolean;
  readonly autorestart: Autorestart;
  /** Seconds; the process must stay up longer than this to be RUNNING. */
  readonly startsecs: number;
  readonly startretries: number;
  readonly exitcodes: readonly number[];
  readonly stopsignal: NodeJS.Signals;
  /** Seconds. */
  readonly stopwaitsecs: number;
  readonly stopasgroup: boolean;
  readonly killasgroup: boolean;
  readonly redirectStderr: boolean;
  readonly stdout: LogTarget;
  readonly stderr: LogTarget;
  readonly stdoutCaptureMaxBytes: number;
  readonly stderrCaptureMaxBytes: number;
  readonly stdoutEvents: boolean;
  readonly stderrEvents: boolean;
  readonly stdoutSyslog: boolean;
  readonly stderrSyslog: boolean;
  /** supervisord's and the program's `environment=`, merged; not the supervisor's own environment. */
  readonly environment: Readonly<Record<string, string>>;
  readonly serverurl: string | null;
  readonly oomScoreAdj: ScoreRequest;
  readonly oomScoreAdjRequired: boolean;
  readonly onOom: OnOom;
  readonly survivors: Survivors;
  /** Bytes; null for no limit. */
  readonly memoryMax: number | null;
  readonly memoryHigh: number | null;
  readonly containment: ContainmentChoice;
  /** A life shorter than this many seconds counts as a fast death; see core/restart.ts. */
  readonly fastDeathSecs: number;
  /** Seconds; the longest delay between restarts of a process that dies fast again and again. */
  readonly restartDelayMax: number;
}

export interface GroupPlan {
  readonly name: string;
  readonly priority: number;
  readonly kind: 'program' | 'group' | 'eventlistener' | 'fcgi-program';
  /** In the order of the config: the autostart order. */
  readonly processes: readonly ProcessPlan[];
}

export interface UnixServerPlan {
  readonly path: string;
  readonly mode: number;
  readonly owner: { readonly uid: number; readonly gid: number } | null;
  readonly username: string | null;
  readonly password: string | null;
}

export interface SupervisorPlan {
  readonly identifier: string;
  /** Null: no main log file (YAML default); 'syslog' is reported as not available. */
  readonly logfile: string | null;
  readonly logfileMaxBytes: number;
  readonly logfileBackups: number;
  readonly loglevel: 'critical' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'blather';
  readonly pidfile: string | null;
  readonly nodaemon: boolean;
  readonly silent: boolean;
  readonly umask: number;
  readonly minfds: number;
  readonly childlogdir: string;
  readonly nocleanup: boolean;
  readonly stripAnsi: boolean;
  readonly directory: string | null;
  readonly user: Account | null;
  readonly environment: Readonly<Record<string, string>>;
  readonly unixServers: readonly UnixServerPlan[];
  /** Folder of sockets, pipes and the ledger; null: chosen from the config's path, see runtime.ts. */
  readonly runtimeDir: string | null;
}

export interface Plan {
  /** Absolute path of the main config file. */
  readonly file: string;
  readonly dialect: 'ini' | 'yaml';
  readonly supervisor: SupervisorPlan;
  /** Sorted by (priority, name). */
  readonly groups: readonly GroupPlan[];
}

/** A config either gives a plan (perhaps with warnings) or problems, all of them. */
export type Resolved =
  | { readonly plan: Plan; readonly warnings: readonly Problem[] }
  | { readonly plan: null; readonly problems: readonly Problem[] };
