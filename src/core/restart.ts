// A process is at rest and its death is judged: does it start again, and when?

import { isGivenUp, type Death, type Phase } from '../model/phase.ts';
import type { State } from '../model/state.ts';
import { isOom } from '../model/verdict.ts';
import { change, launch } from './launching.ts';
import { policyFor, restartAfterOom } from './oom-restart.ts';
import type { Context, Effect, Step } from './stimulus.ts';

type Settling = Extract<Phase, { name: 'settling' }>;

/** A settling phase that knows all it waited for. */
export interface Settled {
  readonly phase: Settling;
  readonly death: Death;
}

/** Seconds to wait before the restart that follows the nth fast death in a row: 0, 1, 2, 4 … `max`. */
const fastDeathDelay = (fastDeaths: number, max: number): number =>
  fastDeaths <= 1 ? 0 : Math.min(max, 2 ** Math.min(fastDeaths - 2, 30));

export const isOneshot = ({ plan }: Context): boolean => plan.duty.type === 'oneshot';

/**
 * An attempt to reach RUNNING failed, or a oneshot's to do its work: retry after 1, 2, 3 … seconds, or give up after `startretries`. `from` is the
 * state the outside saw last, STARTING when absent.
 */
export const attemptFailed = (
  context: Context,
  failure: { error: string; death: Death | null; retry: boolean; from?: State },
): Step => {
  const failures = context.history.failures + 1;
  const backoff = change(context, { from: failure.from ?? 'STARTING', to: 'BACKOFF' }, { tries: failures });
  if (!failure.retry || failures > context.plan.startretries)
    return {
      phase: { name: 'fatal', error: failure.error },
      history: { ...context.history, failures: 0 },
      effects: [backoff, change(context, { from: 'BACKOFF', to: 'FATAL' })],
    };
  const until = context.now + failures * 1000;
  return {
    phase: { name: 'backoff', until, error: failure.error, death: failure.death },
    history: { ...context.history, failures },
    effects: [backoff, { do: 'arm', ms: until - context.now }],
  };
};

const stopped = (context: Context, settled: Settled): Step => ({
  phase: { name: 'stopped' },
  history: { ...context.history, failures: 0, fastDeaths: 0 },
  effects: [change(context, { from: 'STOPPING', to: 'STOPPED' }, { pid: settled.phase.leader.pid })],
});

const isExpected = (context: Context, death: Death): boolean =>
  death.exit.code !== null && context.plan.exitcodes.includes(death.exit.code);

const wantsRestart = (context: Context, settled: Settled): boolean => {
  if (context.plan.autorestart === 'never') return false;
  if (settled.phase.reason === 'oom-member' || settled.phase.reason === 'unhealthy') return true;
  return context.plan.autorestart === 'always' || !isExpected(context, settled.death);
};

const exitWords = (death: Death): string =>
  death.exit.code === null
    ? `killed by ${death.exit.signal ?? 'an unseen signal'}`
    : `exit status ${death.exit.code}`;

/**
 * In seconds. An expected end is work that is done, and a worker that takes one job per life is no slower for that: only from ending at once, again and
 * again, it is kept to a start per second, as supervisord's loop does.
 */
const paceOf = (context: Context, death: Death): { fast: number; longest: number } => {
  const { fastDeathSecs: fast, restartDelayMax: longest } = context.plan;
  return isExpected(context, death)
    ? { fast: Math.min(1, fast), longest: Math.min(1, longest) }
    : { fast, longest };
};

/** A restart that nobody asked for: at once, or after the delay that fast deaths in a row have earned. */
export const again = (context: Context, death: Death, before: readonly Effect[] = []): Step => {
  const policy = policyFor(context.plan.care, death);
  if (policy !== null) return restartAfterOom(context, { policy, death, from: 'EXITED', before });
  const { fast, longest } = paceOf(context, death);
  const fastDeaths = death.lived < fast * 1000 ? context.history.fastDeaths + 1 : 0;
  const restarts = context.history.restarts + 1;
  const history = { failures: 0, fastDeaths, restarts, oomKills: [] };
  const seconds = fastDeathDelay(fastDeaths, longest);
  if (seconds === 0) {
    const step = launch(context, 'EXITED', history);
    return { ...step, effects: [...before, ...step.effects] };
  }
  const process = { group: context.plan.group, name: context.plan.name };
  const why = `${fastDeaths} lives in a row shorter than ${fast} s`;
  return {
    phase: {
      name: 'backoff',
      until: context.now + seconds * 1000,
      error: `${exitWords(death)}; ${why}`,
      death,
    },
    history,
    effects: [
      ...before,
      change(context, { from: 'EXITED', to: 'BACKOFF' }, { tries: fastDeaths }),
      { do: 'announce', event: { type: 'delayed', process, seconds, why } },
      { do: 'arm', ms: seconds * 1000 },
    ],
  };
};

const isFailedOneshot = (context: Context, { death }: Settled): boolean =>
  isOneshot(context) && context.plan.autorestart !== 'always' && policyFor(context.plan.care, death) === null;

const oneshotFailed = (context: Context, death: Death, exited: Effect): Step => {
  const error = `${exitWords(death)}, attempt ${context.history.failures + 1}`;
  const step = attemptFailed(context, { error, death, retry: true, from: 'EXITED' });
  return { ...step, effects: [exited, ...step.effects] };
};

const lifeEnded = (context: Context, settled: Settled): Step => {
  const { phase, death } = settled;
  const expected = isExpected(context, death);
  const exited = change(context, { from: 'RUNNING', to: 'EXITED' }, { pid: phase.leader.pid, expected });
  const why = expected ? '' : `Bad exit code ${death.exit.code ?? -1}`;
  const rest: Step = {
    phase: { name: 'exited', death, expected, why },
    history: context.history,
    effects: [exited],
  };
  if (phase.reason === 'oom-group') return rest;
  if (isOom(death.verdict) || phase.reason === 'oom-member') {
    if (context.plan.onOom === 'stop') return rest;
    if (context.plan.onOom === 'restart-group')
      return { ...rest, effects: [exited, { do: 'restart-group' }] };
  }
  if (!wantsRestart(context, settled)) return rest;
  return isFailedOneshot(context, settled)
    ? oneshotFailed(context, death, exited)
    : again(context, death, [exited]);
};

const neverUp = (context: Context, settled: Settled): boolean =>
  !isOneshot(context) &&
  settled.phase.from === 'STARTING' &&
  settled.death.lived < context.plan.startsecs * 1000;

const tooQuick = ({ phase, death }: Settled): string => {
  const because = death.verdict?.because ?? '';
  if (isOom(death.verdict)) return `Exited too quickly (killed by the kernel for memory: ${because})`;
  return isGivenUp(phase.reason) ? because : 'Exited too quickly (process log may have details)';
};

/** The verdict is written and the members are seen gone: what comes now. */
export const afterSettling = (context: Context, settled: Settled): Step => {
  const { reason, from } = settled.phase;
  if (from === 'STOPPING') return stopped(context, settled);
  if (reason === 'stop' || reason === 'shutdown') {
    const step = stopped(context, settled);
    return { ...step, effects: [change(context, { from, to: 'STOPPING' }), ...step.effects] };
  }
  if (!neverUp(context, settled)) {
    const up =
      from === 'STARTING'
        ? [change(context, { from, to: 'RUNNING' }, { pid: settled.phase.leader.pid })]
        : [];
    const step = lifeEnded(context, settled);
    return { ...step, effects: [...up, ...step.effects] };
  }
  if (reason === 'oom-group') return lifeEnded(context, settled);
  const policy = policyFor(context.plan.care, settled.death);
  if (policy !== null && context.plan.onOom !== 'stop')
    return restartAfterOom(context, { policy, death: settled.death, from: 'STARTING', before: [] });
  return attemptFailed(context, { error: tooQuick(settled), death: settled.death, retry: true });
};
