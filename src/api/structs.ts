// Which fields do supervisord's structs have for a process and for its config?

import { constants } from 'node:os';
import type { ConfigReply, ProcessInfo } from '../model/command.ts';
import type { LogTarget } from '../model/plan.ts';
import { STATES } from '../model/state.ts';
import type { RpcValue } from './value.ts';

type Struct = Readonly<Record<string, RpcValue>>;

/** supervisord's clients expect 32 bits. */
const capped = (seconds: number): number => Math.min(seconds, 2 ** 31 - 1);

export const infoStruct = (info: ProcessInfo): Struct => ({
  name: info.name,
  group: info.group,
  start: capped(info.start),
  stop: capped(info.stop),
  now: capped(info.now),
  state: STATES[info.state],
  statename: info.state,
  spawnerr: info.spawnError,
  exitstatus: info.exitStatus,
  logfile: info.stdoutLog,
  stdout_logfile: info.stdoutLog,
  stderr_logfile: info.stderrLog,
  pid: info.pid,
  description: info.description,
});

const maxBytes = (target: LogTarget): number => target.maxBytes ?? 0;
const backups = (target: LogTarget): number => target.backups ?? 0;

const AUTORESTART = { always: true, never: false, unexpected: 'unexpected' } as const;

const outputStruct = ({ plan, stdoutLog, stderrLog }: ConfigReply): Struct => ({
  redirect_stderr: plan.redirectStderr,
  stdout_logfile: stdoutLog ?? 'none',
  stdout_logfile_maxbytes: maxBytes(plan.stdout),
  stdout_logfile_backups: backups(plan.stdout),
  stdout_capture_maxbytes: plan.stdoutCaptureMaxBytes,
  stdout_events_enabled: plan.stdoutEvents,
  stdout_syslog: plan.stdoutSyslog,
  stderr_logfile: stderrLog ?? 'none',
  stderr_logfile_maxbytes: maxBytes(plan.stderr),
  stderr_logfile_backups: backups(plan.stderr),
  stderr_capture_maxbytes: plan.stderrCaptureMaxBytes,
  stderr_events_enabled: plan.stderrEvents,
  stderr_syslog: plan.stderrSyslog,
});

/** Seconds are whole numbers there, and never fewer than asked for. */
export const configStruct = (config: ConfigReply): Struct => {
  const { plan } = config;
  return {
    name: plan.name,
    group: plan.group,
    group_prio: config.groupPriority,
    process_prio: plan.priority,
    inuse: config.inUse,
    command: plan.command,
    directory: plan.directory ?? 'none',
    uid: plan.user?.uid ?? 'none',
    serverurl: plan.serverurl ?? 'none',
    autostart: plan.autostart,
    autorestart: AUTORESTART[plan.autorestart],
    startsecs: Math.ceil(plan.startsecs),
    startretries: plan.startretries,
    exitcodes: plan.exitcodes,
    stopsignal: plan.stopsignalNumber ?? constants.signals[plan.stopsignal],
    stopwaitsecs: Math.ceil(plan.stopwaitsecs),
    killasgroup: plan.killasgroup,
    ...outputStruct(config),
  };
};
