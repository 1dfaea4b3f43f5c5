// Who answers a command? The client on the control socket, and a word to the operator while it is slow to answer.

import { dirname } from 'node:path';
import { createClient, TIMEOUT_MS, type Client, type Timing } from '../api/client.ts';
import { TsvisorError } from '../model/errors.ts';
import type { Invocation } from './commands.ts';
import { locate } from './locate.ts';
import type { Terminal } from './text/terminal.ts';

const LEAST_MS = 1000;

const sayThatItIsSlow = async (socket: string, terminal: Terminal): Promise<void> => {
  const { pidOf } = await import('./life/holder.ts');
  const pid = pidOf(dirname(socket));
  const who = pid === null ? `tsvisor at ${socket}` : `tsvisor (pid ${pid})`;
  terminal.err(`${who} has not answered yet: it hangs, or the machine is busy; still waiting`);
};

/** Said once for each command, however often it asks. */
export const timing = (socket: string, terminal: Terminal): Timing => {
  let said = false;
  return {
    onSlow: () => {
      if (!said) void sayThatItIsSlow(socket, terminal);
      said = true;
    },
  };
};

/** Milliseconds for an answer, within the seconds that somebody waits at most. */
export const timeoutWithin = (seconds: number | null): number =>
  Math.min(TIMEOUT_MS, Math.max((seconds ?? Infinity) * 1000, LEAST_MS));

/** Nobody is there, or nobody who answers in time: for those who will ask again. */
export const isAway = (error: unknown): boolean =>
  error instanceof TsvisorError && (error.code === 'NOT_RUNNING_HERE' || error.code === 'NO_ANSWER');

export const reach = async (
  { options, terminal }: Pick<Invocation, 'options' | 'terminal'>,
  timeout = TIMEOUT_MS,
): Promise<Client> => {
  const socket = await locate(options);
  return createClient(socket, { ...timing(socket, terminal), timeout });
};
