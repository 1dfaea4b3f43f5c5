// The kernel killed it for memory, and the plan has a policy for that: when does it start again, if at all?

import type { Death, Phase } from '../model/phase.ts';
import type { MemoryCare, OomRestart } from '../model/memory-care.ts';
import type { State } from '../model/state.ts';
import { isOom } from '../model/verdict.ts';
import { change, launch } from './launching.ts';
import type { Context, Effect, History, Step } from './stimulus.ts';

/** Kills remembered at most; a window that holds more is full anyway. */
const REMEMBERED = 1000;

/** The policy for this death; null when it is not the OOM killer's or there is none. */
export const policyFor = (care: MemoryCare, death: Death): OomRestart | null =>
  isOom(death.verdict) ? care.oomRestart : null;

/** Seconds before the restart that follows the nth kill of a window; `chance` from 0 to 1 spreads it by the jitter. */
export const oomDelay = (policy: OomRestart, kills: number, chance: number): number => {
  const plain = Math.min(policy.maxDelay, policy.delay * 2 ** Math.min(kills - 1, 30));
  const spread = plain * (1 + policy.jitter * (2 * chance - 1));
  return Math.round(Math.min(policy.maxDelay, spread) * 1000) / 1000;
};

const within = (kills: readonly number[], now: number, window: number): readonly number[] =>
  kills.filter((at) => at > now - window * 1000).slice(-REMEMBERED);

export interface OomKill {
  readonly policy: OomRestart;
  readonly death: Death;
  /** Which state the outside saw last. */
  readonly from: State;
  readonly before: readonly Effect[];
}

const giveUp = (context: Context, kill: OomKill, history: History): Step => {
  const { policy, death, from, before } = kill;
  const count = history.oomKills.length;
  const error = `killed for memory ${count} times in ${policy.window} s, and then=stop: ${death.verdict?.because ?? ''}`;
  return {
    phase: { name: 'fatal', error },
    history: { ...history, failures: 0, fastDeaths: 0 },
    effects: [
      ...before,
      change(context, { from, to: 'BACKOFF' }, { tries: count }),
      change(context, { from: 'BACKOFF', to: 'FATAL' }),
    ],
  };
};

export const restartAfterOom = (context: Context, kill: OomKill): Step => {
  const { policy, death, from, before } = kill;
  const oomKills = [...within(context.history.oomKills, context.now, policy.window), context.now];
  const history = { ...context.history, failures: 0, fastDeaths: 0, oomKills };
  const tooMany = policy.most !== null && oomKills.length > policy.most;
  if (tooMany && policy.afterwards === 'stop') return giveUp(context, kill, history);
  const again = { ...history, restarts: history.restarts + 1 };
  const seconds = tooMany ? policy.maxDelay : oomDelay(policy, oomKills.length, context.chance ?? 0.5);
  if (seconds === 0) {
    const step = launch(context, from, again);
    return { ...step, effects: [...before, ...step.effects] };
  }
  const why = `killed for memory, ${oomKills.length} in ${policy.window} s (oom_restart)`;
  const phase: Phase = { name: 'backoff', until: context.now + seconds * 1000, error: why, death };
  const process = { group: context.plan.group, name: context.plan.name };
  return {
    phase,
    history: again,
    effects: [
      ...before,
      change(context, { from, to: 'BACKOFF' }, { tries: oomKills.length }),
      { do: 'announce', event: { type: 'delayed', process, seconds, why } },
      { do: 'arm', ms: seconds * 1000 },
    ],
  };
};
