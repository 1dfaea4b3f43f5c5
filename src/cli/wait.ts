// `tsvisor wait`: returns when named processes are in a state.

import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '../api/client.ts';
import type { ProcessStatus } from '../model/command.ts';
import { TsvisorError } from '../model/errors.ts';
import { namespec } from '../model/name.ts';
import { isReady } from '../model/readiness.ts';
import type { Run } from './commands.ts';
import { complain } from './text/complain.ts';
import { select } from './names.ts';
import { numberOption } from './number-option.ts';
import { isAway, timeoutWithin, reach } from './reach.ts';

const LOOK_EVERY_MS = 100;

const GOALS = ['running', 'ready', 'healthy', 'completed', 'exited'] as const;
export type Goal = (typeof GOALS)[number];

const isGoal = (text: string): text is Goal => GOALS.some((goal) => goal === text);

const goalFrom = (text: string): Goal => {
  if (isGoal(text)) return text;
  throw new TsvisorError('BAD_OPTION', {
    option: `--for ${text}`,
    reason: `there are ${GOALS.join(', ')}`,
  });
};

const AT_REST: ReadonlySet<string> = new Set(['STOPPED', 'EXITED', 'FATAL']);

const isReached = (goal: Goal, process: ProcessStatus): boolean => {
  switch (goal) {
    case 'running':
      return process.state === 'RUNNING';
    case 'ready':
      return isReady(process);
    case 'healthy':
      return isReady(process) && process.readiness?.health === 'healthy';
    case 'completed':
      return process.duty?.completed === true && AT_REST.has(process.state);
    case 'exited':
      return AT_REST.has(process.state);
  }
};

/** What never comes true of it, in words; null when it may. */
const impossible = (goal: Goal, { state, readiness, duty }: ProcessStatus): string | null => {
  if (goal === 'healthy' && state === 'RUNNING' && (readiness?.health ?? null) === null)
    return 'it has no health checks';
  if (goal !== 'completed') return null;
  if (duty?.type !== 'oneshot') return 'it is no oneshot';
  return state === 'EXITED' && !duty.completed ? 'it failed' : null;
};

const refuseImpossible = (goal: Goal, processes: readonly ProcessStatus[]): void => {
  for (const process of processes) {
    const why = impossible(goal, process);
    if (why !== null)
      throw new TsvisorError('NEVER', { names: namesOf([process]), state: goal, reason: why });
  }
};

const namesOf = (processes: readonly ProcessStatus[]): string => processes.map(namespec).join(', ');

/** A FATAL process runs again only when somebody says so. */
const refuseFatal = (goal: Goal, processes: readonly ProcessStatus[]): void => {
  const fatal = goal === 'exited' ? [] : processes.filter(({ state }) => state === 'FATAL');
  if (fatal.length === 0) return;
  const why = fatal.map(({ spawnError, description }) => spawnError || description).join('; ');
  const reason = `FATAL, and nobody tries again (${why})`;
  throw new TsvisorError('NEVER', { names: namesOf(fatal), state: goal, reason });
};

interface Waiting {
  readonly client: Client;
  readonly words: readonly string[];
  readonly goal: Goal;
}

/** Null while the supervisor is between two lives, or too busy: it does not answer and will. */
const missing = async ({ client, words, goal }: Waiting): Promise<readonly ProcessStatus[] | null> => {
  try {
    const { processes } = select(words, (await client.status()).processes);
    refuseFatal(goal, processes);
    refuseImpossible(goal, processes);
    return processes.filter((process) => !isReached(goal, process));
  } catch (error) {
    if (isAway(error)) return null;
    throw error;
  }
};

/** Refuses with NEVER, or with NOT_IN_TIME after so many seconds; null waits as long as it takes. */
export const waitFor = async (waiting: Waiting, seconds: number | null): Promise<void> => {
  const begun = performance.now();
  for (;;) {
    const left = await missing(waiting);
    if (left?.length === 0) return;
    if (seconds !== null && performance.now() - begun > seconds * 1000) {
      const names = left === null ? waiting.words.join(', ') : namesOf(left);
      throw new TsvisorError('NOT_IN_TIME', { names, state: waiting.goal, seconds });
    }
    await pause(LOOK_EVERY_MS);
  }
};

export const run: Run = async ({ words, options, terminal }) => {
  const goal = goalFrom(options.for ?? 'running');
  const seconds = options.timeout === undefined ? null : numberOption('--timeout', options.timeout);
  const client = await reach({ options, terminal }, timeoutWithin(seconds));
  const { unknown } = select(words, (await client.status()).processes);
  for (const { error, hint } of unknown) complain(terminal, error.message, hint);
  if (unknown.length > 0) return 1;
  await waitFor({ client, words, goal }, seconds);
  return 0;
};
