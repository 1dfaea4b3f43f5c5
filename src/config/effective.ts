// What is in force? The plan as plain data in the words of the keys, for `tsvisor config`.

import { exitRuleText } from './exit-when.ts';
import { careData } from './care-data.ts';
import type { HookAct, HookPlan } from '../model/hook.ts';
import { dutyData } from './duty-data.ts';
import { isSecret } from '../model/secrets.ts';
import {
  scoreText,
  type GroupPlan,
  type LogTarget,
  type Plan,
  type ProcessPlan,
  type SupervisorPlan,
} from '../model/plan.ts';
import { ulimitText } from '../model/ulimit.ts';

type Data = Readonly<Record<string, unknown>>;

const octal = (mode: number | null): string | null =>
  mode === null ? null : mode.toString(8).padStart(4, '0');

const logfile = (target: LogTarget): string => {
  if (target.kind === 'file') return target.path;
  return { auto: 'AUTO', none: 'NONE', journald: 'journald' }[target.kind];
};

const AUTORESTART = { always: true, never: false, unexpected: 'unexpected' } as const;

const streamData = (process: ProcessPlan): Data => ({
  redirect_stderr: process.redirectStderr,
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
});

const ownData = (process: ProcessPlan): Data => ({
  oom_score_adj: scoreText(process.oomScoreAdj),
  oom_score_adj_required: process.oomScoreAdjRequired,
  on_oom: process.onOom,
  survivors: process.survivors,
  memory_max: process.memoryMax,
  memory_high: process.memoryHigh,
  containment: process.containment,
  fast_death_secs: process.fastDeathSecs,
  restart_delay_max: process.restartDelayMax,
  ...careData(process.care),
  notify: process.notify?.ready ?? false,
  watchdog: process.notify?.watchdog ?? 'none',
  ...dutyData(process.duty),
  log_format: process.logging.format,
  log_rotate_every: process.logging.every ?? 'none',
  log_compress: process.logging.compress,
  log_total_max: process.logging.totalMax,
  log_rate_max: process.logging.rateMax,
  log_when_full: process.logging.whenFull,
  log_direct: process.logging.direct,
});

/** As `sockets` would say it, with ids. */
const socketTexts = ({ sockets }: ProcessPlan): Data =>
  Object.fromEntries(
    sockets.map(({ name, url, mode, owner, backlog }) => {
      const words = [
        url,
        ...(mode === null ? [] : [`mode=${octal(mode) ?? ''}`]),
        ...(owner === null ? [] : [`owner=${owner.uid}${owner.gid === -1 ? '' : `:${owner.gid}`}`]),
        ...(backlog === null ? [] : [`backlog=${backlog}`]),
      ];
      return [name, words.join(' ')];
    }),
  );

const limitTexts = ({ ulimits }: ProcessPlan): Data =>
  Object.fromEntries(ulimits.map((limit) => [limit.name, ulimitText(limit)]));

const processData = (process: ProcessPlan): Data => ({
  program: process.program,
  command: process.command,
  directory: process.directory,
  user: process.user?.name ?? null,
  umask: octal(process.umask),
  nice: process.nice ?? 'none',
  ulimits: process.ulimits.length === 0 ? 'none' : limitTexts(process),
  priority: process.priority,
  autostart: process.autostart,
  autorestart: AUTORESTART[process.autorestart],
  startsecs: process.startsecs,
  startretries: process.startretries,
  exitcodes: process.exitcodes,
  stopsignal: process.stopsignalNumber ?? process.stopsignal,
  stopwaitsecs: process.stopwaitsecs,
  stopasgroup: process.stopasgroup,
  killasgroup: process.killasgroup,
  ...streamData(process),
  environment: hiddenValues(process.environment),
  serverurl: process.serverurl ?? 'AUTO',
  sockets: process.sockets.length === 0 ? 'none' : socketTexts(process),
  ...ownData(process),
});

const listenerData = ({ listener }: GroupPlan): Data =>
  listener === undefined
    ? {}
    : { events: listener.events, buffer_size: listener.bufferSize, result_handler: listener.resultHandler };

const socketData = ({ socket }: GroupPlan): Data =>
  socket === undefined
    ? {}
    : {
        socket: socket.url,
        socket_mode: octal(socket.mode),
        socket_owner: socket.owner,
        socket_backlog: socket.backlog,
      };

const groupData = (group: GroupPlan): Data => ({
  kind: group.kind,
  priority: group.priority,
  ...(group.limits === undefined
    ? {}
    : { group_memory_max: group.limits.max, group_memory_high: group.limits.high }),
  ...listenerData(group),
  ...socketData(group),
  processes: Object.fromEntries(group.processes.map((process) => [process.name, processData(process)])),
});

/** Passwords are not printed: they would end in terminals and tickets. */
const hidden = (password: string | null): string | null => (password === null ? null : '(set)');

/** Names stay: what is set can be seen. */
const hiddenValues = (environment: Readonly<Record<string, string>>): Data =>
  Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, isSecret(name, value) ? hidden(value) : value]),
  );

const serversData = (supervisor: SupervisorPlan): Data => ({
  unix_http_servers: supervisor.unixServers.map(
    ({ section, path, mode, owner, username, password, readOnly }) => ({
      section,
      file: path,
      chmod: octal(mode),
      chown: owner,
      username,
      password: hidden(password),
      read_only: readOnly,
    }),
  ),
  inet_http_servers: supervisor.inetServers.map((server) => ({
    section: server.section,
    port: `${server.host === '' ? '*' : server.host}:${server.port}`,
    username: server.username,
    password: hidden(server.password),
    read_only: server.readOnly,
    insecure: server.insecure,
    allowed_hosts: server.allowedHosts,
  })),
});

/** Addresses of webhooks are often secrets in themselves: all behind the host is hidden, and so are values of headers. */
const hiddenUrl = (text: string): string => {
  const { origin, pathname, search } = new URL(text);
  return pathname === '/' && search === '' ? origin : `${origin}/(hidden)`;
};

const hookAct = (act: HookAct): Data =>
  act.kind === 'run'
    ? { run: act.command }
    : {
        webhook: hiddenUrl(act.url),
        headers: Object.fromEntries(Object.keys(act.headers).map((name) => [name, '(set)'])),
        headers_file: act.headersFile,
      };

const hooksData = (hooks: readonly HookPlan[]): Data =>
  hooks.length === 0
    ? {}
    : {
        hooks: Object.fromEntries(
          hooks.map((hook) => [
            hook.name,
            {
              on: hook.on,
              ...hookAct(hook.act),
              timeout: hook.timeout,
              attempts: hook.attempts,
              retry_delay: hook.retryDelay,
              buffer_size: hook.bufferSize,
            },
          ]),
        ),
      };

const supervisorData = (supervisor: SupervisorPlan): Data => ({
  identifier: supervisor.identifier,
  directory: supervisor.directory,
  user: supervisor.user?.name ?? null,
  umask: octal(supervisor.umask),
  nodaemon: supervisor.nodaemon,
  silent: supervisor.silent,
  logfile: supervisor.logfile,
  logfile_maxbytes: supervisor.logfileMaxBytes,
  logfile_backups: supervisor.logfileBackups,
  loglevel: supervisor.loglevel,
  log_format: supervisor.logFormat,
  pidfile: supervisor.pidfile,
  childlogdir: supervisor.childlogdir,
  nocleanup: supervisor.nocleanup,
  strip_ansi: supervisor.stripAnsi,
  minfds: supervisor.minfds,
  minprocs: supervisor.minprocs,
  environment: hiddenValues(supervisor.environment),
  runtime_dir: supervisor.runtimeDir,
  exit_when: supervisor.exitWhen.map(exitRuleText),
  termination_message: supervisor.terminationMessage,
});

/** Plain data, ready for JSON or YAML: every default filled in, every path absolute, passwords hidden. */
export const effectivePlan = (plan: Plan): Data => ({
  file: plan.file,
  included_files: plan.includedFiles,
  supervisor: supervisorData(plan.supervisor),
  ...serversData(plan.supervisor),
  rpcinterfaces: Object.fromEntries(
    plan.supervisor.rpcInterfaces.map(({ name, factory, settings }) => [name, { factory, ...settings }]),
  ),
  ...hooksData(plan.supervisor.hooks),
  groups: Object.fromEntries(plan.groups.map((group) => [group.name, groupData(group)])),
});

/** The same as text. The YAML library is loaded only for YAML. */
export const printPlan = async (plan: Plan, as: 'yaml' | 'json'): Promise<string> => {
  if (as === 'json') return `${JSON.stringify(effectivePlan(plan), null, 2)}\n`;
  const { writeYaml } = await import('./yaml.ts');
  return writeYaml(effectivePlan(plan));
};
