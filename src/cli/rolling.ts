// `tsvisor restart --rolling`: one process after the other, each only once the one before it can serve.

import type { Client } from '../api/client.ts';
import type { ProcessStatus } from '../model/command.ts';
import { ERRORS } from '../model/errors.ts';
import { namespec } from '../model/name.ts';
import type { Invocation } from './commands.ts';
import { select } from './names.ts';
import { numberOption } from './number-option.ts';
import { complain } from './text/complain.ts';
import { tellOutcomes, type Told } from './text/outcomes.ts';
import { act } from './text/progress.ts';
import { waitFor, type Goal } from './wait.ts';

/** Seconds for each process, where nothing else is said: a new version that never comes up stops the roll. */
const TIMEOUT_SECONDS = 60;

/** What shows that it serves again: its health checks where it has some, else its own word, else that it is up. */
const goalOf = ({ duty, readiness }: ProcessStatus): Goal => {
  if (duty?.type === 'oneshot') return 'completed';
  return (readiness?.health ?? null) === null ? 'ready' : 'healthy';
};

interface Roll {
  readonly client: Client;
  readonly invocation: Invocation;
  readonly exits: Told['exits'];
  /** For each process. */
  readonly seconds: number;
}

/** Answers the exit status. */
const restartOne = async (process: ProcessStatus, roll: Roll): Promise<number> => {
  const { client, invocation, exits, seconds } = roll;
  const names = [namespec(process)];
  const outcomes = await act(client, { names, verb: 'restart' }, invocation);
  const status = await tellOutcomes(outcomes, { client, terminal: invocation.terminal, exits });
  if (status === 0) await waitFor({ client, words: names, goal: goalOf(process) }, seconds);
  return status;
};

const restartInTurn = async (processes: readonly ProcessStatus[], roll: Roll): Promise<number> => {
  let begun = 0;
  let status = 1;
  try {
    for (const process of processes) {
      begun += 1;
      status = await restartOne(process, roll);
      if (status !== 0) return status;
    }
    return 0;
  } finally {
    const untouched = processes.slice(begun).map(namespec);
    if (untouched.length > 0) roll.invocation.terminal.out(`not restarted: ${untouched.join(', ')}`);
  }
};

/** Nothing is restarted when a name is unknown. */
export const restartRolling = async (roll: Omit<Roll, 'seconds'>): Promise<number> => {
  const { words, options, terminal } = roll.invocation;
  const { processes, unknown } = select(words, (await roll.client.status()).processes);
  for (const { error, hint } of unknown) complain(terminal, error.message, hint);
  const [first] = unknown;
  if (first !== undefined) return roll.exits[first.error.code] ?? ERRORS[first.error.code].exit;
  const seconds =
    options.timeout === undefined ? TIMEOUT_SECONDS : numberOption('--timeout', options.timeout);
  return restartInTurn(processes, { ...roll, seconds });
};
