// `tsvisor restart`: named processes, or the supervisor in place.

import { createClient, type Client } from '../api/client.ts';
import type { SupervisorStatus } from '../model/command.ts';
import { TsvisorError } from '../model/errors.ts';
import type { Run } from './commands.ts';
import { locate } from './locate.ts';
import { tellOutcomes } from './outcomes.ts';
import type { Terminal } from './terminal.ts';

/** Milliseconds from the last answer of the old supervisor to the first of the new one. */
const PATIENCE_MS = 60_000;

const isNew = (now: SupervisorStatus, before: SupervisorStatus): boolean =>
  now.pid !== before.pid || now.started !== before.started;

/** A supervisor that is stopping, absent or just being born is no answer yet. */
const newcomer = async (client: Client, before: SupervisorStatus): Promise<SupervisorStatus | null> => {
  try {
    const { supervisor } = await client.status();
    return isNew(supervisor, before) ? supervisor : null;
  } catch (error) {
    if (error instanceof TsvisorError) return null;
    throw error;
  }
};

/** The supervisor sees to its successor itself, also where there is no guardian or a lost one. */
const restartAll = async (client: Client, terminal: Terminal): Promise<number> => {
  const { supervisor: before } = await client.status();
  await client.reload();
  const { until } = await import('./until.ts');
  const now = await until(() => newcomer(client, before), { within: PATIENCE_MS });
  if (now === null)
    throw new TsvisorError('NO_ANSWER', { socket: client.socket, seconds: PATIENCE_MS / 1000 });
  terminal.out(`tsvisor is up again (pid ${now.pid})`);
  return 0;
};

export const run: Run = async ({ words, options, terminal }) => {
  const client = createClient(await locate(options));
  if (words.length === 0) return restartAll(client, terminal);
  return tellOutcomes(await client.restart(words), { client, terminal, exits: { BAD_GROUP: 2 } });
};
