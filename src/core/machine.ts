// What happens in which phase? Phase × stimulus; a missing cell does not compile.

import type { Phase, PhaseName } from '../model/phase.ts';
import * as rules from './rules.ts';
import type { By, In } from './rules.ts';
import type { Context, Step, Stimulus, StimulusName } from './stimulus.ts';

type Rule<P extends PhaseName, S extends StimulusName> = (
  phase: In<P>,
  stimulus: By<S>,
  context: Context,
) => Step;
type Cell<P extends PhaseName, S extends StimulusName> = Rule<P, S> | 'ignored' | 'impossible';
type Machine = { readonly [P in PhaseName]: { readonly [S in StimulusName]: Cell<P, S> } };

/** No leader, nothing asked for: only `start` and, in backoff, the timer mean anything. */
const NOBODY = {
  condemn: 'ignored',
  launched: 'impossible',
  'launch-failed': 'impossible',
  ended: 'impossible',
  judged: 'impossible',
  swept: 'impossible',
  freed: 'impossible',
  elapsed: 'impossible',
  extend: 'ignored',
  admitted: 'impossible',
} as const;

/** A leader that lives. */
const ALIVE = {
  start: 'ignored',
  stop: rules.stopPolitely,
  condemn: rules.condemnAlive,
  launched: 'impossible',
  'launch-failed': 'impossible',
  ended: rules.leaderEnded,
  judged: 'impossible',
  swept: 'impossible',
  freed: 'impossible',
  extend: 'ignored',
  admitted: 'impossible',
} as const;

export const MACHINE: Machine = {
  stopped: { ...NOBODY, stop: 'ignored', start: rules.startAfresh('STOPPED') },
  exited: { ...NOBODY, stop: 'ignored', start: rules.startExited },
  fatal: { ...NOBODY, stop: 'ignored', start: rules.startAfresh('FATAL') },
  backoff: { ...NOBODY, start: 'ignored', stop: rules.backoffStopped, elapsed: rules.retry },
  waiting: { ...NOBODY, start: 'ignored', stop: rules.waitingStopped, admitted: rules.admit },
  launching: {
    ...NOBODY,
    start: 'ignored',
    stop: rules.doom,
    condemn: rules.doom,
    launched: rules.launched,
    'launch-failed': rules.launchFailed,
  },
  starting: { ...ALIVE, elapsed: rules.up },
  running: { ...ALIVE, elapsed: 'impossible' },
  stopping: {
    ...ALIVE,
    stop: rules.restop,
    condemn: rules.killOverdue,
    ended: rules.stoppingEnded,
    elapsed: rules.killOverdue,
    extend: rules.extend,
  },
  settling: {
    start: 'ignored',
    stop: rules.redirect,
    condemn: rules.redirect,
    launched: 'impossible',
    'launch-failed': 'impossible',
    ended: rules.settlingEnded,
    judged: rules.settlingJudged,
    swept: rules.settlingSwept,
    freed: 'impossible',
    elapsed: 'impossible',
    extend: 'ignored',
    admitted: 'impossible',
  },
  stuck: {
    start: 'ignored',
    stop: rules.whileStuck(rules.redirect),
    condemn: rules.whileStuck(rules.redirect),
    launched: 'impossible',
    'launch-failed': 'impossible',
    ended: rules.whileStuck(rules.settlingEnded),
    judged: rules.whileStuck(rules.settlingJudged),
    swept: 'impossible',
    freed: rules.freed,
    elapsed: 'impossible',
    extend: 'ignored',
    admitted: 'impossible',
  },
};

/** An 'impossible' stimulus is a bug of ours: it is reported, and the process stays as it was. */
class ImpossibleStimulus extends Error {
  constructor(phase: Phase, stimulus: Stimulus) {
    super(`${stimulus.name} cannot happen to a process that is ${phase.name}`);
    this.name = 'ImpossibleStimulus';
  }
}

export const advance = (phase: Phase, stimulus: Stimulus, context: Context): Step => {
  // The compiler cannot see that the cell found by both names takes both values.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const cell = MACHINE[phase.name][stimulus.name] as Cell<never, never>;
  if (cell === 'impossible') throw new ImpossibleStimulus(phase, stimulus);
  if (cell === 'ignored') return { phase, history: context.history, effects: [] };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return cell(phase as never, stimulus as never, context);
};
