// Is everything up and ready that starts by itself? Looked at until it is, or never will be.

import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '../api/client.ts';
import type { Unready } from '../model/command.ts';
import { TsvisorError } from '../model/errors.ts';
import { namespec } from '../model/name.ts';
import { select } from './names.ts';
import { isAway } from './reach.ts';

const LOOK_EVERY_MS = 100;

const namesOf = (waiting: readonly Unready[]): string => waiting.map(namespec).join(', ');

const refuseHopeless = (waiting: readonly Unready[]): void => {
  const hopeless = waiting.filter(({ final }) => final);
  if (hopeless.length === 0) return;
  const reason = hopeless.map(({ why }) => why).join('; ');
  throw new TsvisorError('NEVER', { names: namesOf(hopeless), state: 'ready', reason });
};

/** Null while the supervisor is between two lives, or too busy: it does not answer and will. */
const unready = async (client: Client, words: readonly string[]): Promise<readonly Unready[] | null> => {
  try {
    const { waiting } = await client.readiness();
    return words.length === 0 ? waiting : select(words, waiting).processes;
  } catch (error) {
    if (isAway(error)) return null;
    throw error;
  }
};

/** Refuses with NEVER, or with NOT_IN_TIME after so many seconds; null waits as long as it takes. */
export const untilReady = async (
  client: Client,
  words: readonly string[],
  seconds: number | null,
): Promise<void> => {
  await client.readiness();
  const begun = performance.now();
  for (;;) {
    const waiting = await unready(client, words);
    if (waiting?.length === 0) return;
    refuseHopeless(waiting ?? []);
    if (seconds !== null && performance.now() - begun > seconds * 1000) {
      const names = waiting === null ? 'the supervisor' : namesOf(waiting);
      throw new TsvisorError('NOT_IN_TIME', { names, state: 'ready', seconds });
    }
    await pause(LOOK_EVERY_MS);
  }
};
