// What does each target make of the keys about logs?

import type { LoggingPlan, LogTarget, ProcessPlan } from '../model/plan.ts';
import { everywhere, set, VOID, type Row } from './key-row.ts';

export type LogKey =
  | keyof LoggingPlan
  | keyof Pick<
      ProcessPlan,
      | 'stdout'
      | 'stderr'
      | 'stdoutCaptureMaxBytes'
      | 'stderrCaptureMaxBytes'
      | 'stdoutEvents'
      | 'stderrEvents'
      | 'stdoutSyslog'
      | 'stderrSyslog'
    >;

const logText = (key: string, target: LogTarget): string | null => {
  if (target.kind === 'file') return `${key}=${target.path}`;
  return target.kind === 'none' ? `${key}=NONE` : null;
};

const OF_EVENTS = everywhere('events are of a supervisor');

const LOGS = {
  systemd: (): null => null,
  kubernetes:
    'what a container writes to stdout and stderr goes to the log of its node, which the kubelet rotates',
  nomad: 'logs are files of the allocation: `nomad alloc logs`',
} as const;

/** Why not, for a way to log that only tsvisor has. */
const ofLogs = everywhere('no equivalent: it is for whoever collects the logs');

export const LOG_KEYS: Readonly<Record<LogKey, Row>> = {
  stdout: { text: ({ stdout }) => logText('stdout_logfile', stdout), ...LOGS },
  stderr: {
    text: ({ stderr, redirectStderr }) => (redirectStderr ? null : logText('stderr_logfile', stderr)),
    ...LOGS,
  },
  stdoutCaptureMaxBytes: {
    text: (one) => set('stdout_capture_maxbytes', one.stdoutCaptureMaxBytes, 0),
    ...OF_EVENTS,
  },
  stderrCaptureMaxBytes: {
    text: (one) => set('stderr_capture_maxbytes', one.stderrCaptureMaxBytes, 0),
    ...OF_EVENTS,
  },
  stdoutEvents: { text: (one) => set('stdout_events_enabled', one.stdoutEvents, false), ...OF_EVENTS },
  stderrEvents: { text: (one) => set('stderr_events_enabled', one.stderrEvents, false), ...OF_EVENTS },
  stdoutSyslog: {
    text: ({ stdoutSyslog }) => set('stdout_syslog', stdoutSyslog, false),
    ...everywhere('no equivalent: it is for whoever collects the logs'),
    systemd: ({ stdout }) => (stdout.kind === 'file' ? 'only the file is written' : null),
  },
  stderrSyslog: {
    text: ({ stderrSyslog }) => set('stderr_syslog', stderrSyslog, false),
    ...everywhere('no equivalent: it is for whoever collects the logs'),
    systemd: ({ stderr }) => (stderr.kind === 'file' ? 'only the file is written' : null),
  },
  format: { text: ({ logging }) => set('log_format', logging.format, 'raw'), ...ofLogs },
  every: { text: ({ logging }) => set('log_rotate_every', logging.every, null), ...ofLogs },
  compress: { text: ({ logging }) => set('log_compress', logging.compress, false), ...ofLogs },
  totalMax: { text: ({ logging }) => set('log_total_max', logging.totalMax, null), ...ofLogs },
  rateMax: { text: ({ logging }) => set('log_rate_max', logging.rateMax, null), ...ofLogs },
  whenFull: { text: ({ logging }) => set('log_when_full', logging.whenFull, 'block'), ...ofLogs },
  direct: VOID,
};
