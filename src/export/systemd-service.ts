// Which service is one process? Its [Service] section, key by key.

import type { LogTarget, ProcessPlan } from '../model/plan.ts';
import type { Ulimit } from '../model/ulimit.ts';
import type { Part } from './exported.ts';
import { losses } from './keys.ts';
import { commandLine, value, word, type UnitLine } from './unit-text.ts';

const VARIABLE = /^[A-Za-z_]\w*$/;

const seconds = (count: number): string => String(Math.round(count * 1000) / 1000);

const typeLines = ({ duty, notify }: ProcessPlan): readonly UnitLine[] => {
  if (duty.type === 'oneshot')
    return [['Type', 'oneshot'], ...(duty.schedule === null ? ([['RemainAfterExit', 'yes']] as const) : [])];
  if (notify === null) return [['Type', 'exec']];
  return [
    ['Type', notify.ready ? 'notify' : 'exec'],
    ['NotifyAccess', 'all'],
    ...(notify.watchdog === null ? [] : ([['WatchdogSec', seconds(notify.watchdog)]] as const)),
  ];
};

const environmentLines = ({ environment, secrets }: Part, file: string): readonly UnitLine[] => [
  ...environment.map(([key, text]): UnitLine =>
    VARIABLE.test(key)
      ? ['Environment', word(`${key}=${text}`)]
      : `environment ${key}: systemd takes no such name`,
  ),
  ...(secrets.length === 0
    ? []
    : ([
        `Secrets are not written here, where everybody reads them: give ${secrets.join(', ')} in this file, NAME="value" each, mode 0600.`,
        ['EnvironmentFile', value(file)],
      ] as const)),
];

const limitValue = ({ name, soft, hard }: Ulimit): string => {
  const unit = name === 'rttime' ? 'us' : '';
  return [...new Set([soft, hard])]
    .map((limit) => (limit === null ? 'infinity' : `${limit}${unit}`))
    .join(':');
};

const runLines = (part: Part): readonly UnitLine[] => {
  const { plan, words, directory, environment } = part;
  const path = environment.find(([key]) => key === 'PATH')?.[1];
  const isSearched =
    words[0]?.includes('/') === false && path?.split(':').every((one) => one.startsWith('/')) === true;
  return [
    ...(isSearched ? ([['ExecSearchPath', value(path ?? '')]] as const) : []),
    ['ExecStart', commandLine(words)],
    ...(directory === null ? [] : ([['WorkingDirectory', value(directory)]] as const)),
    ...(plan.user === null
      ? []
      : ([['User', plan.user.name === '' ? String(plan.user.uid) : plan.user.name]] as const)),
    ...(plan.nice === null ? [] : ([['Nice', String(plan.nice)]] as const)),
    ...plan.ulimits.map((limit): UnitLine => [`Limit${limit.name.toUpperCase()}`, limitValue(limit)]),
    ...(plan.umask === null ? [] : ([['UMask', plan.umask.toString(8).padStart(4, '0')]] as const)),
  ];
};

const RESTART = { always: 'always', unexpected: 'on-failure', never: 'no' } as const;

/** Deaths that systemd takes for a clean end by itself; SIGKILL never is one. */
const CLEAN = new Set<NodeJS.Signals>(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGPIPE', 'SIGKILL']);

const restartLines = ({ autorestart, exitcodes, duty, stopsignal }: ProcessPlan): readonly UnitLine[] => {
  // A oneshot is tried again until it succeeds; systemd knows no other way for it.
  const restart = duty.type === 'oneshot' && autorestart === 'always' ? 'on-failure' : RESTART[autorestart];
  const codes = exitcodes.filter((code) => code !== 0);
  const others = CLEAN.has(stopsignal) ? codes : [...codes, stopsignal];
  return [
    ['Restart', restart],
    ...(restart === 'no' ? [] : ([['RestartSec', '1']] as const)),
    ...(others.length === 0 ? [] : ([['SuccessExitStatus', others.join(' ')]] as const)),
    ...(restart === 'on-failure' && !exitcodes.includes(0)
      ? ([['RestartForceExitStatus', '0']] as const)
      : []),
  ];
};

const killMode = ({ survivors, stopasgroup }: ProcessPlan): string => {
  if (survivors === 'leave') return 'process';
  return stopasgroup ? 'control-group' : 'mixed';
};

const stopLines = (plan: ProcessPlan): readonly UnitLine[] => [
  ['KillSignal', String(plan.stopsignalNumber ?? plan.stopsignal)],
  ['KillMode', killMode(plan)],
  ['TimeoutStopSec', seconds(plan.stopwaitsecs)],
];

const oomPolicy = ({ onOom, care }: ProcessPlan): string => {
  if (care.oomGroup) return 'kill';
  return onOom === 'continue' ? 'continue' : 'stop';
};

const memoryLines = (plan: ProcessPlan): readonly UnitLine[] => {
  const { oomScoreAdj: score, memoryMax, memoryHigh, care } = plan;
  const limits = [
    ['MemoryMax', memoryMax],
    ['MemoryHigh', memoryHigh],
    ['MemorySwapMax', care.swapMax],
  ] as const;
  return [
    ['OOMPolicy', oomPolicy(plan)],
    ...(score.kind === 'auto'
      ? []
      : ([['OOMScoreAdjust', String(Math.min(1000, Math.max(-1000, score.value)))]] as const)),
    ...limits.flatMap(([key, bytes]): UnitLine[] => (bytes === null ? [] : [[key, String(bytes)]])),
  ];
};

const outputOf = (target: LogTarget, toSyslog: boolean): string => {
  if (target.kind === 'file' && target.path === '/dev/null') return 'null';
  if (target.kind === 'file' && !target.path.startsWith('/dev/')) return `append:${value(target.path)}`;
  return target.kind === 'none' && !toSyslog ? 'null' : 'journal';
};

const logLines = (plan: ProcessPlan): readonly UnitLine[] => {
  const { stdout, stderr, redirectStderr } = plan;
  const out = outputOf(stdout, plan.stdoutSyslog);
  const err = redirectStderr ? out : outputOf(stderr, plan.stderrSyslog);
  const grows = [out, err].some((one) => one.startsWith('append:'));
  return [
    ...(grows
      ? ['logfile_maxbytes, logfile_backups: systemd rotates no files; logrotate does, with copytruncate']
      : []),
    ['StandardOutput', out],
    ['StandardError', err],
  ];
};

/** Attempts that fail within the time that all of them take, supervisord's growing delays included. */
export const limitLines = ({ autorestart, startsecs, startretries }: ProcessPlan): readonly UnitLine[] => {
  if (autorestart === 'never') return [];
  const attempts = startretries + 1;
  return [
    ['StartLimitIntervalSec', seconds(attempts * (startsecs + 2))],
    ['StartLimitBurst', String(attempts)],
  ];
};

/** `secretsFile`: where the operator puts what is not written here. */
export const serviceLines = (part: Part, secretsFile: string): readonly UnitLine[] => [
  ...losses(part.plan, 'systemd'),
  ...typeLines(part.plan),
  ...runLines(part),
  ...environmentLines(part, secretsFile),
  ...restartLines(part.plan),
  ...stopLines(part.plan),
  ...memoryLines(part.plan),
  ...logLines(part.plan),
];
