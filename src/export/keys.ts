// What does each target make of each key, and in which words is it said that one has no equivalent?

import { runsToItsEnd } from './exported.ts';
import { calendarOf } from './calendar.ts';
import type { Check, Duty } from '../model/duty.ts';
import type { MemoryCare } from '../model/memory-care.ts';
import type { ProcessPlan } from '../model/plan.ts';
import { ulimitText } from '../model/ulimit.ts';
import { everywhere, SAID, set, VOID, type Row, type Target, type Treatment } from './key-row.ts';
import { LOG_KEYS, type LogKey } from './log-keys.ts';

type Key =
  | Exclude<keyof ProcessPlan, 'kind' | 'group' | 'program' | 'name' | 'care' | 'logging' | 'duty'>
  | keyof Duty
  | keyof MemoryCare
  | LogKey;

const onOom =
  (restarts: string, members: string): Treatment =>
  ({ onOom: policy, care }) => {
    if (policy === 'restart-group') return 'the others of its group are not restarted with it';
    if (policy === 'stop') return restarts;
    return policy === 'continue' && !care.oomGroup ? members : null;
  };

/** What becomes of its runs, and that they are not spread. */
const runsDiffer = (overlap: string | false, schedule: Duty['schedule']): string | null => {
  const jitter = (schedule?.jitter ?? 0) > 0 && 'no jitter: all of one time start together';
  return [overlap, jitter].filter((one) => one !== false).join('; ') || null;
};

/** Nobody has said that it ends: the file may mean a service. */
const takenForWork = ({ duty, autorestart, startretries }: ProcessPlan, as: string): string | null =>
  duty.type === 'oneshot' || autorestart === 'never'
    ? null
    : `with startsecs=0 it is taken for work that ends, and is ${as} that is given up after ${startretries + 1} failures; for a service set autorestart=true, or startsecs above 0`;

const isOfLog = (check: Check | undefined): boolean => check?.kind === 'log';

/** Every key of a process: one that is new does not compile before each target has said what it does with it. */
const KEYS: Readonly<Record<Key, Row>> = {
  command: SAID,
  directory: SAID,
  user: SAID,
  environment: SAID,
  autostart: SAID,
  autorestart: {
    text: ({ autorestart }) => (autorestart === 'unexpected' ? 'autorestart=unexpected' : null),
    systemd: 'said',
    kubernetes: (one) =>
      runsToItsEnd(one)
        ? takenForWork(one, 'a Job')
        : 'an end with an expected status is followed by a restart too: a Deployment knows no other way',
    nomad: (one) =>
      runsToItsEnd(one)
        ? takenForWork(one, 'a job of type batch')
        : 'an end with an expected status is followed by a restart too: so it is with jobs of type service',
  },
  umask: {
    text: ({ umask }) => (umask === null ? null : `umask=${umask.toString(8).padStart(3, '0')}`),
    systemd: 'said',
    kubernetes: "no equivalent: `sh -c 'umask …; exec …'`, or in the image",
    nomad: "no equivalent: `sh -c 'umask …; exec …'`",
  },
  nice: {
    text: ({ nice }) => (nice === null ? null : `nice=${nice}`),
    systemd: 'said',
    kubernetes: 'no equivalent: `nice -n N` in front of the command',
    nomad: 'no equivalent: `nice -n N` in front of the command',
  },
  ulimits: {
    text: ({ ulimits }) =>
      ulimits.length === 0
        ? null
        : `ulimits=${ulimits.map((limit) => `${limit.name}=${ulimitText(limit)}`).join(',')}`,
    systemd: 'said',
    kubernetes: "no equivalent: the container runtime's own limits, or `sh -c 'ulimit …; exec …'`",
    nomad: "no equivalent with every driver: `sh -c 'ulimit …; exec …'`",
  },
  priority: {
    text: ({ priority }) => set('priority', priority, 999),
    systemd: 'said',
    kubernetes: 'all start at once: a program must wait for what it needs',
    nomad: 'all start at once: a program must wait for what it needs',
  },
  startsecs: {
    text: (one) => (runsToItsEnd(one) ? null : set('startsecs', one.startsecs, 1)),
    systemd: 'a start counts as soon as the program runs',
    kubernetes: 'said',
    nomad: 'a start counts as soon as the task runs',
  },
  startretries: {
    text: ({ startretries }) => set('startretries', startretries, 3),
    systemd: 'said',
    kubernetes: 'a pod is restarted for ever, with up to five minutes between two starts',
    nomad: 'said',
  },
  exitcodes: {
    text: ({ exitcodes }) => set('exitcodes', exitcodes.join(','), '0'),
    systemd: 'said',
    kubernetes: 'only status 0 is a success',
    nomad: 'only status 0 is a success',
  },
  stopsignal: SAID,
  stopsignalNumber: {
    text: ({ stopsignalNumber }) => set('stopsignal', stopsignalNumber, undefined),
    systemd: 'said',
    kubernetes: 'TERM is sent: the signal has no name there',
    nomad: 'TERM is sent: the signal has no name there',
  },
  stopwaitsecs: SAID,
  stopasgroup: {
    text: ({ stopasgroup }) => set('stopasgroup', stopasgroup, false),
    systemd: 'said',
    kubernetes: 'the signal goes to the first process of the container',
    nomad: 'the signal goes to the first process of the task',
  },
  killasgroup: VOID,
  redirectStderr: {
    text: ({ redirectStderr }) => set('redirect_stderr', redirectStderr, false),
    systemd: 'said',
    kubernetes: 'void',
    nomad: 'stdout and stderr are two files',
  },
  ...LOG_KEYS,
  serverurl: {
    text: ({ serverurl }) => (serverurl === null || serverurl === '' ? null : `serverurl=${serverurl}`),
    ...everywhere('no supervisor answers there'),
  },
  oomScoreAdj: {
    text: ({ oomScoreAdj: score }) =>
      score.kind === 'auto' ? null : `oom_score_adj=${score.kind === 'relative' ? '+' : ''}${score.value}`,
    systemd: ({ oomScoreAdj }) =>
      oomScoreAdj.kind === 'relative' ? 'relative to 0, not to a supervisor' : null,
    kubernetes: 'the kubelet sets it by the quality of service: requests equal to limits protect most',
    nomad: ({ oomScoreAdj }) =>
      oomScoreAdj.kind !== 'auto' && oomScoreAdj.value < 0 ? 'Nomad lowers no score' : null,
  },
  oomScoreAdjRequired: VOID,
  onOom: {
    text: ({ onOom: policy }) => set('on_oom', policy, 'restart'),
    systemd: onOom('Restart= restarts it after an OOM kill too', ''),
    kubernetes: onOom(
      'it is restarted after an OOM kill too',
      'on cgroup v2 the kernel kills all processes of the container together, unless the kubelet has singleProcessOOMKill',
    ),
    nomad: onOom('it is restarted after an OOM kill too', ''),
  },
  survivors: {
    text: ({ survivors }) => set('survivors', survivors, 'kill'),
    systemd: 'said',
    kubernetes: 'nothing outlives its container',
    nomad: 'what the task started is killed with it',
  },
  memoryMax: {
    text: ({ memoryMax }) => set('memory_max', memoryMax, null),
    systemd: 'said',
    kubernetes: 'said',
    nomad: 'a reservation; the driver raw_exec limits nothing, the driver exec does, in a chroot',
  },
  memoryHigh: {
    text: ({ memoryHigh }) => set('memory_high', memoryHigh, null),
    systemd: 'said',
    kubernetes: 'only the kubelet sets it (feature MemoryQoS)',
    nomad: 'no equivalent',
  },
  containment: VOID,
  type: SAID,
  dependsOn: {
    text: ({ duty }) =>
      duty.dependsOn.length === 0 ? null : `depends_on=${duty.dependsOn.map(({ on }) => on).join(',')}`,
    systemd: ({ duty: { dependsOn } }) => {
      if (dependsOn.some(({ condition }) => condition === 'healthy'))
        return 'it starts when the other runs, healthy or not';
      return dependsOn.some(({ restart }) => restart) ? 'PartOf= stops it with the other, too' : null;
    },
    kubernetes: 'all start at once: an init container that waits, or a program that does',
    nomad: 'all start at once: a prestart task that waits, or a program that does',
  },
  health: {
    text: ({ duty }) => (duty.health === null ? null : `health: ${duty.health.check.kind}`),
    systemd: 'systemd asks no program how it is',
    kubernetes: ({ duty }) => (isOfLog(duty.health?.check) ? 'a probe reads no logs' : null),
    nomad: 'a check belongs to a service with a port: write one',
  },
  schedule: {
    text: ({ duty }) => (duty.schedule === null ? null : `schedule: ${duty.schedule.cron}`),
    systemd: ({ duty }) =>
      duty.schedule === null || calendarOf(duty.schedule) !== null
        ? null
        : 'systemd has no such calendar: write the timer',
    kubernetes: ({ duty: { schedule } }) =>
      runsDiffer(
        schedule?.overlap === 'queue' && 'a run that is due while the one before goes on runs beside it',
        schedule,
      ),
    nomad: ({ duty: { schedule } }) =>
      runsDiffer(
        schedule !== null &&
          schedule.overlap !== 'skip' &&
          'a run that is due while the one before goes on is left out',
        schedule,
      ),
  },
  fastDeathSecs: {
    text: ({ fastDeathSecs }) => set('fast_death_secs', fastDeathSecs, 10),
    ...everywhere('no equivalent'),
  },
  restartDelayMax: {
    text: ({ restartDelayMax }) => set('restart_delay_max', restartDelayMax, 30),
    systemd:
      'RestartSec= is the same each time; from version 254 on there are RestartSteps= and RestartMaxDelaySec=',
    kubernetes: 'the delay grows to five minutes',
    nomad: 'the delay is the same each time',
  },
  sockets: {
    text: ({ sockets }) =>
      sockets.length === 0 ? null : `sockets=${sockets.map(({ name }) => name).join(',')}`,
    systemd: 'said',
    kubernetes: 'nobody opens them before the program does',
    nomad: 'nobody opens them before the program does',
  },
  notify: {
    text: ({ notify }) => (notify === null ? null : 'notify, watchdog'),
    systemd: 'said',
    kubernetes: 'a readinessProbe and a livenessProbe ask instead of being told',
    nomad: 'a check of a service asks instead of being told',
  },
  oomRestart: {
    text: ({ care }) => (care.oomRestart === null ? null : 'oom_restart'),
    ...everywhere('an OOM kill is restarted as any other end'),
  },
  startWhen: {
    text: ({ care }) => (care.startWhen === null ? null : 'start_when'),
    systemd: 'no equivalent: it starts however short memory is',
    kubernetes: 'void',
    nomad: 'void',
  },
  swapMax: {
    text: ({ care }) => set('memory_swap_max', care.swapMax, null),
    systemd: 'said',
    kubernetes: 'the kubelet decides (memorySwap)',
    nomad: 'no equivalent',
  },
  oomGroup: {
    text: ({ care }) => set('memory_oom_group', care.oomGroup, false),
    systemd: 'said',
    kubernetes: 'void',
    nomad: 'no equivalent',
  },
  limitWatch: {
    text: ({ care }) => (care.limitWatch === null ? null : 'memory_limit_watch'),
    ...everywhere('no equivalent'),
  },
  onPressure: {
    text: ({ care }) => (care.onPressure === null ? null : 'on_pressure'),
    ...everywhere('no equivalent'),
  },
  tellPressure: VOID,
  measurePss: VOID,
};

const reasonOf = (treatment: Treatment, one: ProcessPlan): string | null => {
  if (treatment === 'said' || treatment === 'void') return null;
  const reason = typeof treatment === 'function' ? treatment(one) : treatment;
  return reason === '' ? null : reason;
};

/** A line for each key of this process that the target does not have, as `key=value: why`. */
export const losses = (one: ProcessPlan, target: Target): readonly string[] =>
  Object.values(KEYS).flatMap((row) => {
    const text = row.text(one);
    const reason = text === null ? null : reasonOf(row[target], one);
    return text === null || reason === null ? [] : `${text}: ${reason}`;
  });
