// `tsvisor restart`: named processes, or the supervisor in place.

import type { Client } from '../api/client.ts';
import type { SupervisorStatus } from '../model/command.ts';
import { TsvisorError } from '../model/errors.ts';
import type { Invocation, Run } from './commands.ts';
import { reach } from './reach.ts';
import { tellOutcomes } from './text/outcomes.ts';

/** Milliseconds without any answer after which the next supervisor is not waited for any more. */
const TIMEOUT_MS = 30_000;

const isNew = (now: SupervisorStatus, before: SupervisorStatus): boolean =>
  now.pid !== before.pid || now.started !== before.started;

/** Null: nobody answers, or one that is just being born. */
const seen = async (client: Client): Promise<SupervisorStatus | null> => {
  try {
    return (await client.status()).supervisor;
  } catch (error) {
    if (error instanceof TsvisorError) return null;
    throw error;
  }
};

/** The old one may take as long as its programs do to stop; the next one is due soon after its last answer. */
const successor = async (client: Client, before: SupervisorStatus): Promise<SupervisorStatus> => {
  const { until } = await import('./until.ts');
  const gone = async (): Promise<true | null> => {
    const now = await seen(client);
    return now === null || isNew(now, before) ? true : null;
  };
  const here = async (): Promise<SupervisorStatus | null> => {
    const now = await seen(client);
    return now !== null && isNew(now, before) ? now : null;
  };
  await until(gone, { within: null });
  const now = await until(here, { within: TIMEOUT_MS });
  if (now !== null) return now;
  const reason = `the old one has stopped, but no new one answers at ${client.socket} after ${TIMEOUT_MS / 1000} s`;
  throw new TsvisorError('START_FAILED', { reason });
};

/** The supervisor sees to its successor itself, also where there is no guardian or a lost one. */
const restartAll = async (client: Client, { options, terminal }: Invocation): Promise<number> => {
  const { supervisor: before } = await client.status();
  await client.reload();
  if (options.wait === false) {
    terminal.out('tsvisor is restarting');
    return 0;
  }
  const { pid } = await successor(client, before);
  terminal.out(`tsvisor is up again (pid ${pid})`);
  return 0;
};

const refuseRolling = (option: string, reason: string): never => {
  throw new TsvisorError('BAD_OPTION', { option, reason });
};

const EXITS = { BAD_GROUP: 2 } as const;

export const run: Run = async (invocation) => {
  const { words, options, terminal } = invocation;
  if (options.rolling === true) {
    if (words.length === 0) refuseRolling('--rolling', 'it needs names, e.g. `web:*` or `all`');
    if (options.wait === false) refuseRolling('--no-wait', '--rolling waits for each process');
  }
  const client = await reach(invocation);
  if (words.length === 0) return restartAll(client, invocation);
  if (options.rolling === true) {
    const { restartRolling } = await import('./rolling.ts');
    return restartRolling({ client, invocation, exits: EXITS });
  }
  const { act } = await import('./text/progress.ts');
  const outcomes = await act(client, { names: words, verb: 'restart' }, invocation);
  return tellOutcomes(outcomes, { client, terminal, exits: EXITS });
};
