// How far is a call that waits for many processes? One line on a terminal, gone when the call answers.

import type { Client } from '../../api/client.ts';
import type { Outcome, ProcessStatus } from '../../model/command.ts';
import { isStoppedState } from '../../model/state.ts';
import type { Invocation } from '../commands.ts';
import type { Terminal } from './terminal.ts';

/** Milliseconds: what is quicker needs no line. */
const QUIET_MS = 400;
const EVERY_MS = 250;

const CLEAR_LINE = '\r\u001B[K';

interface Goal {
  readonly names: readonly string[];
  readonly verb: 'start' | 'stop' | 'restart';
}

const WORDS: Readonly<Record<Goal['verb'], string>> = {
  start: 'running',
  stop: 'stopped',
  restart: 'running',
};

const isReached = (verb: Goal['verb'], { state }: ProcessStatus): boolean =>
  verb === 'stop' ? isStoppedState(state) : state === 'RUNNING';

const line = async (client: Client, { names, verb }: Goal): Promise<string> => {
  const { select } = await import('../names.ts');
  const { processes } = select(names, (await client.status()).processes);
  const reached = processes.filter((process) => isReached(verb, process)).length;
  return `${reached} of ${processes.length} ${WORDS[verb]}`;
};

/** Says so until it is stopped; a supervisor that cannot be asked just now says nothing. */
const showUntilStopped = (client: Client, goal: Goal, terminal: Terminal): (() => void) => {
  let stopped = false;
  const show = async (): Promise<void> => {
    const text = await line(client, goal).catch(() => '');
    if (stopped) return;
    terminal.write(CLEAR_LINE + text);
    timer = setTimeout(() => void show(), EVERY_MS);
  };
  let timer = setTimeout(() => void show(), QUIET_MS);
  return () => {
    stopped = true;
    clearTimeout(timer);
    terminal.write(CLEAR_LINE);
  };
};

/** Starts, stops or restarts named processes; on a terminal the wait is shown. */
export const act = async (
  client: Client,
  goal: Goal,
  { options, terminal }: Invocation,
): Promise<readonly Outcome[]> => {
  const answer = client[goal.verb](goal.names, { wait: options.wait !== false });
  if (terminal.columns === null) return answer;
  const stop = showUntilStopped(client, goal, terminal);
  try {
    return await answer;
  } finally {
    stop();
  }
};
