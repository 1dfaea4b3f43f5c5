// What is to run? The frozen result of a config: supervisor settings, groups, and one entry per process.

import type { Duty } from './duty.ts';
import type { HookPlan } from './hook.ts';
import type { MemoryCare } from './memory-care.ts';
import type { Problem } from './problem.ts';
import type { Ulimit } from './ulimit.ts';

export type Autorestart = 'always' | 'unexpected' | 'never';
export type OnOom = 'restart' | 'restart-group' | 'stop' | 'continue';
export type Survivors = 'kill' | 'leave';
export type ContainmentChoice = 'auto' | 'cgroup' | 'reap' | 'scan';

/** Absolute -1000..1000; relative to the supervisor's effective score; or chosen by tsvisor. */
export type ScoreRequest =
  | { readonly kind: 'absolute'; readonly value: number }
  | { readonly kind: 'relative'; readonly value: number }
  | { readonly kind: 'auto' };

/** As a config would say it. */
export const scoreText = (score: ScoreRequest): string => {
  if (score.kind === 'auto') return 'auto';
  return score.kind === 'relative' ? `+${score.value}` : String(score.value);
};

/** Numbers only, resolved from the user database when the config is read. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  /** Supplementary groups, the primary one included. */
  readonly groups: readonly number[];
  readonly home: string;
}

/**
 * Where one output stream goes. `path` is absolute and without dots; `written` is what the file says where that differs. Sizes in
 * bytes; 0 for `maxBytes` never rotates.
 */
export type LogTarget =
  | {
      readonly kind: 'none';
      readonly maxBytes?: number;
      readonly backups?: number;
      readonly written?: string;
    }
  | { readonly kind: 'auto'; readonly maxBytes: number; readonly backups: number }
  /** systemd's journal; where there is none, as AUTO. */
  | { readonly kind: 'journald'; readonly maxBytes: number; readonly backups: number }
  | {
      readonly kind: 'file';
      readonly path: string;
      readonly maxBytes: number;
      readonly backups: number;
      readonly written?: string;
    };

export type LogFormat = 'raw' | 'text' | 'json';
export type LogPeriod = 'hour' | 'day' | 'week';

/** How both streams are logged, beyond what supervisord can. */
export interface LoggingPlan {
  /** Bytes as they come; or each line with its time, process, stream and pid. */
  readonly format: LogFormat;
  /** A file holds the lines of one period at most, in local time; null: size alone decides. */
  readonly every: LogPeriod | null;
  /** Rotated files are compressed. */
  readonly compress: boolean;
  /** Bytes of a log and its rotated files together; null for no limit. */
  readonly totalMax: number | null;
  /** Bytes per second of one stream; lines above that are dropped and counted. Null for no limit. */
  readonly rateMax: number | null;
  /** A slow reader of the log makes the program wait, or lines are dropped and counted. */
  readonly whenFull: 'block' | 'drop';
  /** Where nobody needs to see the bytes, the program writes to the file itself. */
  readonly direct: boolean;
}

/** What a program says of itself by sd_notify(3). */
export interface NotifyPlan {
  /** It says READY=1 when it can serve, and is not ready before. */
  readonly ready: boolean;
  /** Seconds; longer silence than this without WATCHDOG=1 means that it hangs. Null: it is not watched. */
  readonly watchdog: number | null;
}

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
  /** -20 (served first) to 19; null leaves the supervisor's. */
  readonly nice: number | null;
  /** What is not named stays as the supervisor has it. */
  readonly ulimits: readonly Ulimit[];
  readonly user: Account | null;
  readonly priority: number;
  readonly autostart: boolean;
  readonly autorestart: Autorestart;
  /** Seconds; the process must stay up longer than this to be RUNNING. */
  readonly startsecs: number;
  readonly startretries: number;
  readonly exitcodes: readonly number[];
  readonly stopsignal: NodeJS.Signals;
  /** Set only where Node has no name for the signal asked for (0, RTMIN, RTMAX): send this number instead. */
  readonly stopsignalNumber?: number;
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
  readonly logging: LoggingPlan;
  /** supervisord's and the program's `environment=`, merged; not the supervisor's own environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Null: AUTO, the supervisor's. Empty: the program is not told. */
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
  readonly care: MemoryCare;
  /** Null: nobody listens to it. */
  readonly notify: NotifyPlan | null;
  readonly duty: Duty;
  /** Opened once for all processes of the program; descriptors from 3 on. */
  readonly sockets: readonly ListenSocketPlan[];
}

/** A gid of -1 leaves the group as it is. */
export interface Ownership {
  readonly uid: number;
  readonly gid: number;
}

/** What an event listener pool subscribes to. */
export interface ListenerPlan {
  /** supervisord's names, upper case, in the order written. */
  readonly events: readonly string[];
  readonly bufferSize: number;
  /** A Python entry point; any but the default is not available here. */
  readonly resultHandler: string;
}

/** A listening socket that several processes share; those of a FastCGI program as descriptor 0. */
export interface SharedSocketPlan {
  /** `unix:///path` or `tcp://host:port`. */
  readonly url: string;
  /** Null: the system's largest. */
  readonly backlog: number | null;
  /** Null for TCP. */
  readonly mode: number | null;
  readonly owner: Ownership | null;
}

/** One that processes get by the protocol of LISTEN_FDS. */
export interface ListenSocketPlan extends SharedSocketPlan {
  /** In LISTEN_FDNAMES. */
  readonly name: string;
}

export interface GroupPlan {
  readonly name: string;
  readonly priority: number;
  readonly kind: 'program' | 'group' | 'eventlistener' | 'fcgi-program';
  /** In the order of the config: the autostart order. */
  readonly processes: readonly ProcessPlan[];
  /** Of all its processes together, bytes; absent when there are none. */
  readonly limits?: { readonly max: number | null; readonly high: number | null };
  /** Present when `kind` is `eventlistener`. */
  readonly listener?: ListenerPlan;
  /** Present when `kind` is `fcgi-program`. */
  readonly socket?: SharedSocketPlan;
}

export interface UnixServerPlan {
  /** As written, e.g. `unix_http_server` or `unix_http_server:second`; `name` is what follows the colon. */
  readonly section: string;
  readonly name: string | null;
  readonly path: string;
  readonly mode: number;
  readonly owner: Ownership | null;
  readonly username: string | null;
  readonly password: string | null;
  /** Orders are refused there. */
  readonly readOnly: boolean;
}

export interface InetServerPlan {
  readonly section: string;
  readonly name: string | null;
  /** Empty: every interface. */
  readonly host: string;
  readonly port: number;
  readonly username: string | null;
  readonly password: string | null;
  /** Orders are refused there. */
  readonly readOnly: boolean;
  /** Without a password, open to other machines nevertheless. */
  readonly insecure: boolean;
  /** Names that it may be called by where it asks for no password, beside its own and the machine's; `*` for any. */
  readonly allowedHosts: readonly string[];
}

/** An `[rpcinterface:x]`: one namespace of the XML-RPC face. */
export interface RpcInterfacePlan {
  readonly name: string;
  /** A Python entry point, `module:callable`. */
  readonly factory: string;
  readonly settings: Readonly<Record<string, string>>;
}

/** What ends the supervisor by itself, as in a container: with the exit status of whoever caused it. */
export type ExitRule =
  | { readonly kind: 'any_fatal' | 'all_exited' }
  /** A process, or all of a group, as operators name them: `web`, `group:name`, `group:*`. */
  | { readonly kind: 'exits'; readonly name: string };

export interface SupervisorPlan {
  readonly identifier: string;
  /** Absolute path or `syslog`. Null: no main log (YAML default). */
  readonly logfile: string | null;
  readonly logfileMaxBytes: number;
  readonly logfileBackups: number;
  readonly logFormat: 'text' | 'json';
  readonly loglevel: 'critical' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'blather';
  readonly pidfile: string | null;
  readonly nodaemon: boolean;
  readonly silent: boolean;
  readonly umask: number;
  readonly minfds: number;
  readonly minprocs: number;
  readonly childlogdir: string;
  readonly nocleanup: boolean;
  readonly stripAnsi: boolean;
  readonly directory: string | null;
  readonly user: Account | null;
  readonly environment: Readonly<Record<string, string>>;
  /** Absolute: where the supervisor stands. Relative directories, commands and logs of programs are relative to it. */
  readonly cwd: string;
  readonly unixServers: readonly UnixServerPlan[];
  readonly inetServers: readonly InetServerPlan[];
  readonly rpcInterfaces: readonly RpcInterfacePlan[];
  /** What a program's `serverurl` of AUTO means; null without a server. */
  readonly serverurl: string | null;
  /** Folder of sockets, pipes and the ledger; null: chosen from the config's path, see runtime.ts. */
  readonly runtimeDir: string | null;
  readonly hooks: readonly HookPlan[];
  /** Empty: it runs until it is told to end. */
  readonly exitWhen: readonly ExitRule[];
  /** File for the last unexpected death, as Kubernetes reads it; null for none. */
  readonly terminationMessage: string | null;
}

export interface Plan {
  /** Absolute path of the main config file. */
  readonly file: string;
  readonly dialect: 'ini' | 'yaml';
  /** Absolute paths of the files read through `[include]` or `include:`, in the order read. */
  readonly includedFiles: readonly string[];
  readonly supervisor: SupervisorPlan;
  /** Sorted by (priority, name). */
  readonly groups: readonly GroupPlan[];
}

/** A config either gives a plan (perhaps with warnings) or problems, all of them. */
export type Resolved =
  | { readonly plan: Plan; readonly warnings: readonly Problem[] }
  | { readonly plan: null; readonly problems: readonly Problem[] };
