// How does a launch begin, and how is a change of state told? What every rule that starts a process shares.

import type { Event } from '../model/event.ts';
import type { State } from '../model/state.ts';
import type { Context, Effect, History, Step } from './stimulus.ts';

/** The change of state that supervisord's clients are told. */
export const change = (
  context: Context,
  states: { from: State; to: State },
  more: { pid?: number; tries?: number; expected?: boolean } = {},
): Effect => {
  const event: Event = {
    type: 'state',
    process: { group: context.plan.group, name: context.plan.name },
    from: states.from,
    to: states.to,
    pid: more.pid ?? 0,
    tries: more.tries ?? 0,
    expected: more.expected ?? false,
  };
  return { do: 'announce', event };
};

/** Memory is short or others come first: it is let in later. */
const queue = (context: Context, from: State, admission: { history: History; why: string }): Step => {
  const { history, why } = admission;
  const tries = { tries: history.failures };
  return {
    phase: { name: 'waiting', since: context.now, why },
    history,
    effects: [
      change(context, { from, to: 'STARTING' }, tries),
      change(context, { from: 'STARTING', to: 'BACKOFF' }, tries),
    ],
  };
};

/** Without asking the gate; `from` is the state the outside saw last. */
export const launchNow = (context: Context, from: State, history: History): Step => ({
  phase: { name: 'launching', since: context.now, doomed: null },
  history,
  effects: [change(context, { from, to: 'STARTING' }, { tries: history.failures }), { do: 'launch' }],
});

/** Starts a launch, or a wait at the gate. */
export const launch = (context: Context, from: State, history: History): Step => {
  const why = context.wait?.() ?? null;
  return why === null ? launchNow(context, from, history) : queue(context, from, { history, why });
};
