// What does each stimulus do to a process in each phase? The rules that the machine's table points at.

import type { Death, Exit, Phase, PhaseName, Reason } from '../model/phase.ts';
import type { Signal } from '../model/signals.ts';
import { change, launch, launchNow } from './launching.ts';
import { afterSettling, again, attemptFailed, isOneshot } from './restart.ts';
import type { OrderedBy } from './hands.ts';
import type { Context, Effect, Step, Stimulus, StimulusName } from './stimulus.ts';

export type In<P extends PhaseName> = Extract<Phase, { name: P }>;
export type By<S extends StimulusName> = Extract<Stimulus, { name: S }>;

type Alive = In<'starting'> | In<'running'>;

const stay = (phase: Phase, context: Context, effects: readonly Effect[] = []): Step => ({
  phase,
  history: context.history,
  effects,
});

const FRESH = { failures: 0, fastDeaths: 0, oomKills: [] };

export const startAfresh =
  (from: 'STOPPED' | 'FATAL') =>
  (_phase: Phase, _stimulus: Stimulus, context: Context): Step =>
    launch(context, from, { ...context.history, ...FRESH });

export const startExited = (phase: In<'exited'>, stimulus: By<'start'>, context: Context): Step =>
  stimulus.automatic
    ? again(context, phase.death)
    : launch(context, 'EXITED', { ...context.history, ...FRESH });

const seenState = (phase: Alive): 'STARTING' | 'RUNNING' =>
  phase.name === 'running' ? 'RUNNING' : 'STARTING';

const deathOf = (phase: Alive | In<'stopping'> | In<'settling'>, exit: Exit, context: Context): Death => ({
  leader: phase.leader,
  exit,
  lived: context.now - phase.since,
  at: context.wall,
  verdict: null,
});

type Why = Pick<In<'settling'>, 'reason' | 'from'> & Partial<Pick<In<'settling'>, 'death' | 'verdict'>>;

const settlingFrom = ({ leader, since }: Alive | In<'stopping'>, why: Why): In<'settling'> => ({
  name: 'settling',
  leader,
  since,
  verdict: null,
  death: null,
  swept: null,
  ...why,
});

const stopSignal = ({ plan }: Context): Signal => plan.stopsignalNumber ?? plan.stopsignal;

const orderedBy = (reason: Reason): OrderedBy => (reason === 'stop' ? 'operator' : 'tsvisor');

/** survivors=leave: nobody but the leader is ours to end. */
const NOTHING_SWEPT = { killed: 0, took: 0, remaining: [] };
const leavesSurvivors = (context: Context): boolean => context.plan.survivors === 'leave';

const sweepOrLeave = (
  settling: In<'settling'>,
  context: Context,
  grace: Extract<Effect, { do: 'sweep' }>['grace'],
): { phase: In<'settling'>; effects: readonly Effect[] } =>
  leavesSurvivors(context)
    ? { phase: { ...settling, swept: NOTHING_SWEPT }, effects: [] }
    : { phase: settling, effects: [{ do: 'sweep', leader: settling.leader, grace }] };

export const leaderEnded = (phase: Alive, stimulus: By<'ended'>, context: Context): Step => {
  const death = deathOf(phase, stimulus.exit, context);
  const settling = settlingFrom(phase, { reason: 'died', from: seenState(phase), death });
  const next = sweepOrLeave(settling, context, null);
  return stay(next.phase, context, [{ do: 'judge', death, orderedBy: null }, ...next.effects]);
};

/** Kills the leader and all members at once; the leader's end is still to come. */
const killAll = (phase: Alive | In<'stopping'>, context: Context, why: Why): Step => {
  const { leader } = phase;
  const next = sweepOrLeave(settlingFrom(phase, why), context, null);
  const whom = context.plan.killasgroup ? 'group' : 'leader';
  const signal: Effect = { do: 'signal', leader, signal: 'SIGKILL', whom };
  return stay(next.phase, context, [signal, ...next.effects]);
};

/** A program may ask for more time to stop: in all, so many times stopwaitsecs. */
const MOST_EXTENDED = 10;

export const stopPolitely = (phase: Alive, stimulus: By<'stop'>, context: Context): Step => {
  const { leader, since } = phase;
  const ms = context.plan.stopwaitsecs * 1000;
  return stay(
    {
      name: 'stopping',
      leader,
      since,
      reason: stimulus.reason,
      deadline: context.now + ms,
      latest: context.now + MOST_EXTENDED * ms,
      wasRunning: phase.name === 'running',
    },
    context,
    [
      change(context, { from: seenState(phase), to: 'STOPPING' }, { pid: leader.pid }),
      {
        do: 'signal',
        leader,
        signal: stopSignal(context),
        whom: context.plan.stopasgroup ? 'group' : 'leader',
      },
      { do: 'arm', ms },
    ],
  );
};

export const stoppingEnded = (phase: In<'stopping'>, stimulus: By<'ended'>, context: Context): Step => {
  const death = deathOf(phase, stimulus.exit, context);
  const settling = settlingFrom(phase, { reason: phase.reason, from: 'STOPPING', death });
  const ms = Math.max(0, phase.deadline - context.now);
  const next = sweepOrLeave(settling, context, { signal: stopSignal(context), ms });
  return stay(next.phase, context, [
    { do: 'judge', death, orderedBy: orderedBy(phase.reason) },
    ...next.effects,
  ]);
};

const settle = (phase: In<'settling'>, context: Context, effects: readonly Effect[] = []): Step => {
  const { death, swept } = phase;
  if (death === null || death.verdict === null || swept === null) return stay(phase, context, effects);
  const process = { group: context.plan.group, name: context.plan.name };
  const expected = death.exit.code !== null && context.plan.exitcodes.includes(death.exit.code);
  const step = afterSettling(context, { phase, death });
  return {
    ...step,
    effects: [
      ...effects,
      { do: 'announce', event: { type: 'died', process, death, reason: phase.reason, expected } },
      ...(swept.killed > 0 ? [{ do: 'announce', event: { type: 'swept', process, swept } } as const] : []),
      ...step.effects,
    ],
  };
};

export const settlingEnded = (phase: In<'settling'>, stimulus: By<'ended'>, context: Context): Step => {
  const death = { ...deathOf(phase, stimulus.exit, context), verdict: phase.verdict };
  if (death.verdict !== null) return settle({ ...phase, death }, context);
  return stay({ ...phase, death }, context, [{ do: 'judge', death, orderedBy: orderedBy(phase.reason) }]);
};

export const settlingJudged = (phase: In<'settling'>, stimulus: By<'judged'>, context: Context): Step =>
  settle({ ...phase, death: phase.death && { ...phase.death, verdict: stimulus.verdict } }, context);

export const settlingSwept = (phase: In<'settling'>, stimulus: By<'swept'>, context: Context): Step => {
  const { remaining } = stimulus.swept;
  if (remaining.length === 0) return settle({ ...phase, swept: stimulus.swept }, context);
  const process = { group: context.plan.group, name: context.plan.name };
  return stay({ name: 'stuck', remaining, next: phase }, context, [
    { do: 'announce', event: { type: 'swept', process, swept: stimulus.swept } },
    change(context, { from: phase.from, to: 'UNKNOWN' }),
    { do: 'await-freed', remaining },
  ]);
};

const AT_ONCE: ReadonlySet<Reason> = new Set<Reason>(['oom-group', 'oom-member', 'unhealthy', 'watchdog']);
const isCondemned = (doomed: Reason | null): doomed is Reason => doomed !== null && AT_ONCE.has(doomed);

export const launched = (phase: In<'launching'>, stimulus: By<'launched'>, context: Context): Step => {
  const { leader } = stimulus;
  const starting: In<'starting'> = { name: 'starting', leader, since: context.now };
  if (isCondemned(phase.doomed))
    return killAll(starting, context, { reason: phase.doomed, from: 'STARTING' });
  if (phase.doomed !== null) return stopPolitely(starting, { name: 'stop', reason: phase.doomed }, context);
  if (context.plan.startsecs > 0)
    return stay(starting, context, [{ do: 'arm', ms: context.plan.startsecs * 1000 }]);
  return up(starting, stimulus, context);
};

export const up = (phase: In<'starting'>, _stimulus: Stimulus, context: Context): Step => ({
  phase: { name: 'running', leader: phase.leader, since: phase.since },
  // A oneshot that is at work has not succeeded yet.
  history: isOneshot(context) ? context.history : { ...context.history, failures: 0 },
  effects: [change(context, { from: 'STARTING', to: 'RUNNING' }, { pid: phase.leader.pid })],
});

export const launchFailed = (
  phase: In<'launching'>,
  stimulus: By<'launch-failed'>,
  context: Context,
): Step => {
  const process = { group: context.plan.group, name: context.plan.name };
  const said: Effect = { do: 'announce', event: { type: 'launch-failed', process, error: stimulus.error } };
  const step: Step =
    phase.doomed === null
      ? attemptFailed(context, { error: stimulus.error, death: null, retry: stimulus.retry })
      : stay({ name: 'stopped' }, context, [change(context, { from: 'STARTING', to: 'STOPPED' })]);
  return { ...step, effects: [said, ...step.effects] };
};

export const backoffStopped = (phase: In<'backoff'>, stimulus: By<'stop'>, context: Context): Step => {
  const fatal = stimulus.reason === 'shutdown';
  return {
    phase: fatal ? { name: 'fatal', error: phase.error } : { name: 'stopped' },
    history: { ...context.history, failures: 0, fastDeaths: 0 },
    effects: [change(context, { from: 'BACKOFF', to: fatal ? 'FATAL' : 'STOPPED' })],
  };
};

/** Nothing was begun yet, so nothing is to be ended. */
export const waitingStopped = (_phase: In<'waiting'>, _stimulus: Stimulus, context: Context): Step => ({
  phase: { name: 'stopped' },
  history: { ...context.history, ...FRESH },
  effects: [change(context, { from: 'BACKOFF', to: 'STOPPED' })],
});

export const admit = (_phase: In<'waiting'>, _stimulus: Stimulus, context: Context): Step =>
  launchNow(context, 'BACKOFF', context.history);

export const doom = (phase: In<'launching'>, stimulus: By<'stop'> | By<'condemn'>, context: Context): Step =>
  stay({ ...phase, doomed: stimulus.reason }, context);

export const retry = (_phase: In<'backoff'>, _stimulus: Stimulus, context: Context): Step =>
  launch(context, 'BACKOFF', context.history);

export const condemnAlive = (phase: Alive, stimulus: By<'condemn'>, context: Context): Step =>
  killAll(phase, context, {
    reason: stimulus.reason,
    from: seenState(phase),
    verdict: stimulus.verdict,
  });

/** EXTEND_TIMEOUT_USEC: later than planned, never earlier. */
export const extend = (phase: In<'stopping'>, stimulus: By<'extend'>, context: Context): Step => {
  const deadline = Math.max(phase.deadline, Math.min(phase.latest, context.now + stimulus.ms));
  return stay({ ...phase, deadline }, context, [{ do: 'arm', ms: deadline - context.now }]);
};

/** Whoever asks last says what it is for. */
export const restop = (phase: In<'stopping'>, stimulus: By<'stop'>, context: Context): Step =>
  stay({ ...phase, reason: stimulus.reason }, context);

export const killOverdue = (phase: In<'stopping'>, _stimulus: Stimulus, context: Context): Step =>
  killAll(phase, context, { reason: phase.reason, from: 'STOPPING' });

/** An operator's stop outweighs what the death would have led to; a condemnation does not undo a stop. */
export const redirect = (
  phase: In<'settling'>,
  stimulus: By<'stop'> | By<'condemn'>,
  context: Context,
): Step => {
  const ordered = phase.reason === 'stop' || phase.reason === 'shutdown';
  return stay(
    stimulus.name === 'condemn' && ordered ? phase : { ...phase, reason: stimulus.reason },
    context,
  );
};

/** While stuck, what the settling phase learns is kept for later. */
export const whileStuck =
  <S extends Stimulus>(rule: (phase: In<'settling'>, stimulus: S, context: Context) => Step) =>
  (phase: In<'stuck'>, stimulus: S, context: Context): Step => {
    const step = rule(phase.next, stimulus, context);
    return step.phase.name === 'settling' ? { ...step, phase: { ...phase, next: step.phase } } : step;
  };

export const freed = (phase: In<'stuck'>, _stimulus: Stimulus, context: Context): Step =>
  settle({ ...phase.next, swept: NOTHING_SWEPT }, context);
