// An operator names processes and a verb: what becomes of each?

import type { Command, Outcome } from '../model/command.ts';
import { TsvisorError, type ErrorCode } from '../model/errors.ts';
import { parseSelector } from '../model/name.ts';
import { STATE_OF, type Phase } from '../model/phase.ts';
import type { Signal } from '../model/signals.ts';
import { isRunningState, isSignallableState } from '../model/state.ts';
import type { Process } from './process.ts';

/** Chosen processes in priority order, and a refusal for each name that means nothing. */
export interface Choice {
  readonly processes: readonly Process[];
  readonly refusals: readonly Outcome[];
}

const succeed = ({ plan }: Process, message: string): Outcome => ({
  process: { group: plan.group, name: plan.name },
  ok: true,
  code: null,
  message,
});

const refusedBy = (process: Outcome['process'], { code, message, facts }: TsvisorError): Outcome => ({
  process,
  ok: false,
  code,
  message,
  facts,
});

const refuse = (process: Process, code: ErrorCode, facts: TsvisorError['facts'] = {}): Outcome => {
  const { group, name } = process.plan;
  return refusedBy({ group, name }, new TsvisorError(code, { name: process.namespec, ...facts }));
};

/** Who can be named. */
export interface KnownProcesses {
  readonly byPriority: readonly Process[];
  /** Undefined when there is no such group; one without processes is a group too. */
  group(name: string): unknown;
}

const named = (name: string, known: KnownProcesses): readonly Process[] | TsvisorError => {
  const selector = parseSelector(name);
  const all = known.byPriority;
  if (selector.kind === 'all') return all;
  const group = all.filter((process) => process.plan.group === selector.group);
  if (selector.kind === 'group')
    return known.group(selector.group) === undefined
      ? new TsvisorError('BAD_GROUP', { name: selector.group })
      : group;
  const found = group.filter((process) => process.plan.name === selector.name);
  return found.length > 0 ? found : new TsvisorError('BAD_NAME', { name });
};

export const choose = (names: readonly string[], known: KnownProcesses): Choice => {
  const chosen = new Set<Process>();
  const refusals: Outcome[] = [];
  for (const name of names) {
    const found = named(name, known);
    if (found instanceof TsvisorError) {
      const selector = parseSelector(name);
      refusals.push(refusedBy({ group: selector.kind === 'all' ? '' : selector.group, name }, found));
    } else for (const process of found) chosen.add(process);
  }
  return { processes: known.byPriority.filter((process) => chosen.has(process)), refusals };
};

const REST = new Set<Phase['name']>(['stopped', 'exited', 'fatal', 'stuck']);
export const atRest = (phase: Phase): boolean => REST.has(phase.name);
/** Somebody else has asked for its rest while it is replaced. */
export const isOverruled = (phase: Phase): boolean => 'reason' in phase && phase.reason !== 'replaced';
const inTransit = (phase: Phase): boolean => phase.name === 'stopping' || phase.name === 'settling';
const isDecided = (phase: Phase): boolean =>
  phase.name === 'running' || phase.name === 'backoff' || phase.name === 'waiting' || atRest(phase);
const isLaunched = (phase: Phase): boolean => phase.name !== 'launching';

const startEnded = (process: Process, phase: Phase): Outcome => {
  if (phase.name === 'running') return succeed(process, 'started');
  if (phase.name === 'starting') return succeed(process, 'starting');
  if (phase.name === 'waiting') return succeed(process, phase.why);
  if (phase.name === 'backoff' || phase.name === 'fatal')
    return refuse(process, 'SPAWN_ERROR', { reason: phase.error });
  return refuse(process, 'ABNORMAL_TERMINATION', { reason: `it is ${STATE_OF[phase.name]}` });
};

/** A command that cannot be found is refused before anything changes. */
const startAtRest = async (process: Process, wait: boolean): Promise<Outcome> => {
  if (process.phase.name === 'stuck')
    return refuse(process, 'STUCK', { members: process.phase.remaining.length });
  if (isRunningState(process.state)) return refuse(process, 'ALREADY_STARTED');
  const refusal = process.lookup();
  if (refusal !== null) return refuse(process, refusal.code, { reason: refusal.reason });
  process.feed({ name: 'start', automatic: false });
  return startEnded(process, await process.until(wait ? isDecided : isLaunched));
};

/** A process on its way to rest is started when it is there; without `wait` nobody is kept waiting for that. */
const startOne = async (process: Process, wait: boolean): Promise<Outcome> => {
  if (!inTransit(process.phase)) return startAtRest(process, wait);
  const started = process.until((phase) => !inTransit(phase)).then(() => startAtRest(process, wait));
  return wait ? started : succeed(process, 'starting');
};

const stopOne = async (process: Process, wait: boolean): Promise<Outcome> => {
  if (!isRunningState(process.state)) return refuse(process, 'NOT_RUNNING');
  process.feed({ name: 'stop', reason: 'stop' });
  if (!wait) return succeed(process, 'stopping');
  const phase = await process.until(atRest);
  if (phase.name === 'stuck') return refuse(process, 'STUCK', { members: phase.remaining.length });
  return succeed(process, 'stopped');
};

const restartOne = async (process: Process, wait: boolean): Promise<Outcome> => {
  await stopOne(process, true);
  return startOne(process, wait);
};

const signalOne = (process: Process, signal: Signal): Outcome => {
  if (process.leader === null || !isSignallableState(process.state)) return refuse(process, 'NOT_RUNNING');
  const sent = process.signal(signal);
  if (sent === 'denied') return refuse(process, 'SIGNAL_DENIED');
  return sent === 'sent' ? succeed(process, 'signalled') : refuse(process, 'NOT_RUNNING');
};

export type Order = Extract<Command, { verb: 'start' | 'stop' | 'restart' | 'signal' }>;

const obey = async (process: Process, order: Order): Promise<Outcome> => {
  switch (order.verb) {
    case 'start':
      return startOne(process, order.wait);
    case 'stop':
      return stopOne(process, order.wait);
    case 'restart':
      return restartOne(process, order.wait);
    case 'signal':
      return signalOne(process, order.signal);
  }
};

/** Milliseconds: what is known within so little time is told in the order of priority. */
const ROUND_MS = 200;

interface Known {
  readonly outcome: Outcome;
  readonly index: number;
  /** Monotonic milliseconds. */
  readonly at: number;
}

/** In the order in which they were known, and within one round, which ends with a pause, by priority. */
const inRounds = (known: readonly Known[]): readonly Outcome[] => {
  const rounds: Known[][] = [];
  let last = -Infinity;
  for (const one of known) {
    if (one.at - last > ROUND_MS) rounds.push([]);
    rounds.at(-1)?.push(one);
    last = one.at;
  }
  return rounds.flatMap((round) => round.toSorted((a, b) => a.index - b.index).map(({ outcome }) => outcome));
};

/** Begins with all chosen processes at once, in priority order; a name that means nothing is refused first. */
export const carryOut = async (
  order: Order,
  everyone: KnownProcesses,
  now: () => number,
): Promise<readonly Outcome[]> => {
  const { processes, refusals } = choose(order.names, everyone);
  const known: Known[] = [];
  await Promise.all(
    processes.map(async (process, index) => {
      const outcome = await obey(process, order);
      known.push({ outcome, index, at: now() });
    }),
  );
  return [...refusals, ...inRounds(known)];
};
