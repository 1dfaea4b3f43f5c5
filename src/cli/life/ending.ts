// How is a supervisor stopped, and when is it really gone?

import { createServer } from 'node:net';
import { dirname } from 'node:path';
import type { Client } from '../../api/client.ts';
import { instanceOf, lockName } from '../../config/runtime.ts';
import type { StatusReply } from '../../model/command.ts';
import { TsvisorError } from '../../model/errors.ts';
import { namespec } from '../../model/name.ts';
import { isStoppedState } from '../../model/state.ts';
import { until } from '../until.ts';
import { wholeTruth } from './guardian.ts';
import type { Terminal } from '../text/terminal.ts';

/**
 * The instance's lock is held to the very end of guardian and supervisor, and a dead process that nobody reaped does
 * not hold it. Taking it for a moment is the only way to ask.
 */
const lockIsFree = (lock: string): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(`\0${lock}`, () => server.close(() => resolve(true)));
  });

/** Null when nobody is there; a supervisor that hangs is there. */
export const statusOf = async (client: Client): Promise<StatusReply | null> => {
  try {
    return await client.status();
  } catch (error) {
    if (error instanceof TsvisorError && error.code === 'NOT_RUNNING_HERE') return null;
    throw error;
  }
};

/** For who waits and will ask again: one that is too busy to answer in time is not there yet. */
export const statusInTime = async (client: Client): Promise<StatusReply | null> => {
  try {
    return await statusOf(client);
  } catch (error) {
    if (error instanceof TsvisorError && error.code === 'NO_ANSWER') return null;
    throw error;
  }
};

const sayWhoRemains = async (client: Client, terminal: Terminal): Promise<void> => {
  const reply = await statusInTime(client);
  const names = (reply?.processes ?? []).filter(({ state }) => !isStoppedState(state)).map(namespec);
  if (names.length > 0) terminal.err(`waiting for ${names.join(', ')} to stop`);
};

const askSupervisor = async (client: Client): Promise<void> => {
  try {
    await client.shutdown();
  } catch (error) {
    // Somebody else has asked already: the wait is the same.
    if (!(error instanceof TsvisorError) || error.code !== 'SHUTDOWN_STATE') throw error;
  }
};

/** A guardian between two supervisors has nobody to pass it on to, and ends. Answers the folder of the instance. */
const askGuardian = (refusal: unknown): string => {
  const truth = wholeTruth(refusal);
  if (!(truth instanceof TsvisorError) || truth.code !== 'SUPERVISOR_DOWN') throw truth;
  process.kill(Number(truth.facts['guardian']), 'SIGTERM');
  return dirname(String(truth.facts['socket']));
};

/** Asks whoever is there. Answers the instance's lock. */
export const askToEnd = async (client: Client): Promise<string> => {
  try {
    const { supervisor } = await client.status();
    // The name is made from the folder while that is still there.
    const lock = lockName(instanceOf(supervisor.runtimeDir));
    await askSupervisor(client);
    return lock;
  } catch (error) {
    return lockName(instanceOf(askGuardian(error)));
  }
};

/** Resolves when processes, supervisor and guardian are gone. */
export const endSupervisor = async (client: Client, terminal: Terminal): Promise<void> => {
  const lock = await askToEnd(client);
  await until(async () => ((await lockIsFree(lock)) ? true : null), {
    within: null,
    still: () => sayWhoRemains(client, terminal),
  });
};
