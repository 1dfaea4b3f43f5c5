// What would supervisord have read from this config? The plan in the shape that a comparison with the real one uses.

import { splitCommand } from '../model/command-line.ts';
import type { GroupPlan, LogTarget, Plan, ProcessPlan } from '../model/plan.ts';
import type { Problem } from '../model/problem.ts';

import { pythonRepr } from './repr.ts';

type Shape = Readonly<Record<string, unknown>>;

export interface ShapeOptions {
  /** Print of a user or group id; see UserDatabase. */
  readonly nameOf?: (id: number) => number | string;
  readonly warnings?: readonly Problem[];
}

type NameOf = NonNullable<ShapeOptions['nameOf']>;

const octal = (mode: number | null): string | null =>
  mode === null
    ? null
    : (mode < 0 ? '-' : '') +
      Math.abs(mode)
        .toString(8)
        .padStart(mode < 0 ? 3 : 4, '0');

const logfile = (target: LogTarget): string | null => {
  if (target.kind === 'auto') return 'AUTO';
  // A file of that name to supervisord.
  if (target.kind === 'journald') return 'journald';
  return target.kind === 'none' ? (target.written ?? null) : (target.written ?? target.path);
};

const AUTORESTART = { always: true, never: false, unexpected: 'unexpected' } as const;

const CLASSES = {
  program: 'ProcessConfig',
  eventlistener: 'EventListenerConfig',
  'fcgi-program': 'FastCGIProcessConfig',
} as const;

const SIGNAL_NUMBERS: Readonly<Record<number, string>> = { 34: 'SIGRTMIN', 64: 'SIGRTMAX' };

const signalShape = ({ stopsignal, stopsignalNumber: number }: ProcessPlan): string =>
  number === undefined ? stopsignal : (SIGNAL_NUMBERS[number] ?? String(number));

const argvShape = (command: string): Shape => {
  const split = splitCommand(command);
  if (split.refused !== undefined)
    return { argv: null, spawn_error: `can't parse command ${pythonRepr(command)}: ${split.refused}` };
  return split.words.length === 0 ? { argv: [], spawn_error: 'command is empty' } : { argv: split.words };
};

const processShape = (process: ProcessPlan, nameOf: NameOf): Shape => ({
  name: process.name,
  class: CLASSES[process.kind],
  command: process.command,
  directory: process.directory,
  umask: octal(process.umask),
  uid: process.user === null ? null : nameOf(process.user.uid),
  priority: process.priority,
  autostart: process.autostart,
  autorestart: AUTORESTART[process.autorestart],
  startsecs: process.startsecs,
  startretries: process.startretries,
  exitcodes: process.exitcodes,
  stopsignal: signalShape(process),
  stopwaitsecs: process.stopwaitsecs,
  stopasgroup: process.stopasgroup,
  killasgroup: process.killasgroup,
  redirect_stderr: process.redirectStderr,
  environment: process.environment,
  serverurl: process.serverurl,
  stdout_logfile: logfile(process.stdout),
  stdout_logfile_maxbytes: process.stdout.maxBytes ?? 0,
  stdout_logfile_backups: process.stdout.backups ?? 0,
  stdout_capture_maxbytes: process.stdoutCaptureMaxBytes,
  stdout_events_enabled: process.stdoutEvents,
  stdout_syslog: process.stdoutSyslog,
  stderr_logfile: logfile(process.stderr),
  stderr_logfile_maxbytes: process.stderr.maxBytes ?? 0,
  stderr_logfile_backups: process.stderr.backups ?? 0,
  stderr_capture_maxbytes: process.stderrCaptureMaxBytes,
  stderr_events_enabled: process.stderrEvents,
  stderr_syslog: process.stderrSyslog,
  ...argvShape(process.command),
});

const socketShape = (group: GroupPlan, nameOf: NameOf): Shape => {
  if (group.socket === undefined) return {};
  const { url, backlog, mode, owner } = group.socket;
  const unix = { mode: octal(mode), owner: owner === null ? null : [nameOf(owner.uid), nameOf(owner.gid)] };
  return { socket: { url, backlog, ...(mode === null ? {} : unix) } };
};

const listenerShape = ({ listener }: GroupPlan): Shape =>
  listener === undefined
    ? {}
    : {
        buffer_size: listener.bufferSize,
        events: listener.events.toSorted(),
        result_handler: listener.resultHandler,
      };

const groupShape = (group: GroupPlan, nameOf: NameOf): Shape => ({
  name: group.name,
  priority: group.priority,
  kind: group.kind,
  ...listenerShape(group),
  ...socketShape(group, nameOf),
  processes: group.processes.map((process) => processShape(process, nameOf)),
});

const supervisordShape = ({ supervisor }: Plan, nameOf: NameOf): Shape => ({
  logfile: supervisor.logfile,
  logfile_maxbytes: supervisor.logfileMaxBytes,
  logfile_backups: supervisor.logfileBackups,
  loglevel: supervisor.loglevel,
  pidfile: supervisor.pidfile,
  nodaemon: supervisor.nodaemon,
  silent: supervisor.silent,
  minfds: supervisor.minfds,
  minprocs: supervisor.minprocs,
  umask: octal(supervisor.umask),
  user: supervisor.user?.name ?? null,
  uid: supervisor.user === null ? null : nameOf(supervisor.user.uid),
  directory: supervisor.directory,
  identifier: supervisor.identifier,
  childlogdir: supervisor.childlogdir,
  nocleanup: supervisor.nocleanup,
  strip_ansi: supervisor.stripAnsi,
  environment: supervisor.environment,
  serverurl_for_children: supervisor.serverurl,
});

const serversShape = ({ supervisor }: Plan, nameOf: NameOf): readonly Shape[] => [
  ...supervisor.inetServers.map(({ section, name, host, port, username, password }) => ({
    section,
    name,
    family: 'inet',
    host,
    port,
    username,
    password,
  })),
  ...supervisor.unixServers.map(({ section, name, path, mode, owner, username, password }) => ({
    section,
    name,
    family: 'unix',
    username,
    password,
    file: path,
    chmod: octal(mode),
    chown: owner === null ? [-1, -1] : [nameOf(owner.uid), nameOf(owner.gid)],
  })),
];

/** The plan as plain data, in supervisord's words and order. For a whole comparison load the plan `asWritten`. */
export const configShape = (plan: Plan, options: ShapeOptions = {}): Shape => {
  const nameOf = options.nameOf ?? ((id: number) => id);
  return {
    supervisord: supervisordShape(plan, nameOf),
    http_servers: serversShape(plan, nameOf),
    rpcinterfaces: plan.supervisor.rpcInterfaces.map(({ name, factory, settings }) => ({
      name,
      factory,
      config: settings,
    })),
    groups: plan.groups.map((group) => groupShape(group, nameOf)),
    warnings: (options.warnings ?? [])
      .filter(({ verbatim }) => verbatim === true)
      .map(({ message }) => message),
    included_files: plan.includedFiles,
  };
};
