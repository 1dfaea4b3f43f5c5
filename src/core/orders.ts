// An operator names processes and a verb: what becomes of each?

import type { Command, Outcome } from '../model/command.ts';
import { TsvisorError, type ErrorCode } from '../model/errors.ts';
import { parseSelector } from '../model/name.ts';
import { STATE_OF, type Phase } from '../model/phase.ts';
import { isRunningState, isSignallableState } from '../model/state.ts';
import type { Process } from './process.ts';

/** Chosen processes in priority order, and a refusal for each name that means nothing. */
export interface Choice {
  readonly processes: readonly Process[];
  readonly refusals: readonly Outcome[];
}

const outcome = (process: Process, error: TsvisorError | null, words: string): Outcome => ({
  process: { group: process.plan.group, name: process.plan.name },
  ok: error === null,
  code: error?.code ?? null,
  message: error === null ? words : error.message,
});

const refuse = (
  process: Process,
  code: ErrorCode,
  facts: Readonly<Record<string, string | number>> = {},
): Outcome => outcome(process, new TsvisorError(code, { name: process.namespec, ...facts }), '');

const named = (name: string, all: readonly Process[]): readonly Process[] | TsvisorError => {
  const selector = parseSelector(name);
  if (selector.kind === 'all') return all;
  const group = all.filter((process) => process.plan.group === selector.group);
  if (selector.kind === 'group')
    return group.length > 0 ? group : new TsvisorError('BAD_GROUP', { name: selector.group });
  const found = group.filter((process) => process.plan.name === selector.name);
  return found.length > 0 ? found : new TsvisorError('BAD_NAME', { name });
};

export const choose = (names: readonly string[], all: readonly Process[]): Choice => {
  const chosen = new Set<Process>();
  const refusals: Outcome[] = [];
  for (const name of names) {
    const found = named(name, all);
    if (found instanceof TsvisorError) {
      const selector = parseSelector(name);
      const process = { group: selector.kind === 'all' ? '' : selector.group, name };
      refusals.push({ process, ok: false, code: found.code, message: found.message });
    } else for (const process of found) chosen.add(process);
  }
  return { processes: all.filter((process) => chosen.has(process)), refusals };
};

const REST = new Set<Phase['name']>(['stopped', 'exited', 'fatal', 'stuck']);
export const atRest = (phase: Phase): boolean => REST.has(phase.name);
const inTransit = (phase: Phase): boolean => phase.name === 'stopping' || phase.name === 'settling';
const isDecided = (phase: Phase): boolean =>
  phase.name === 'running' || phase.name === 'backoff' || atRest(phase);
const isLaunched = (phase: Phase): boolean => phase.name !== 'launching';

const startEnded = (process: Process, phase: Phase): Outcome => {
  if (phase.name === 'running' || phase.name === 'starting') return outcome(process, null, 'started');
  if (phase.name === 'backoff' || phase.name === 'fatal')
    return refuse(process, 'SPAWN_ERROR', { reason: phase.error });
  return refuse(process, 'ABNORMAL_TERMINATION', { reason: `it is ${STATE_OF[phase.name]}` });
};

/** A process on its way to rest is waited for, then started. */
export const startOne = async (process: Process, wait: boolean): Promise<Outcome> => {
  if (inTransit(process.phase)) await process.until((phase) => !inTransit(phase));
  if (process.phase.name === 'stuck')
    return refuse(process, 'STUCK', { members: process.phase.remaining.length });
  if (isRunningState(process.state)) return refuse(process, 'ALREADY_STARTED');
  process.feed({ name: 'start', automatic: false });
  return startEnded(process, await process.until(wait ? isDecided : isLaunched));
};

export const stopOne = async (process: Process, wait: boolean): Promise<Outcome> => {
  if (!isRunningState(process.state)) return refuse(process, 'NOT_RUNNING');
  process.feed({ name: 'stop', reason: 'stop' });
  if (!wait) return outcome(process, null, 'stopped');
  const phase = await process.until(atRest);
  if (phase.name === 'stuck') return refuse(process, 'STUCK', { members: phase.remaining.length });
  return outcome(process, null, 'stopped');
};

const restartOne = async (process: Process, wait: boolean): Promise<Outcome> => {
  await stopOne(process, true);
  return startOne(process, wait);
};

const signalOne = (process: Process, signal: NodeJS.Signals): Outcome => {
  if (process.leader === null || !isSignallableState(process.state)) return refuse(process, 'NOT_RUNNING');
  const sent = process.signal(signal);
  return sent === 'sent' ? outcome(process, null, 'signalled') : refuse(process, 'NOT_RUNNING');
};

type Order = Extract<Command, { names: readonly string[] }>;

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

/** All chosen processes at once, in priority order; one outcome for each name or process. */
export const carryOut = async (order: Order, all: readonly Process[]): Promise<readonly Outcome[]> => {
  const { processes, refusals } = choose(order.names, all);
  return [...refusals, ...(await Promise.all(processes.map((process) => obey(process, order))))];
};
