// `tsvisor status`: what runs, with how much memory and which score, and how it died last.

import type { Client } from '../api/client.ts';
import type { ProcessStatus, StatusReply } from '../model/command.ts';
import { isStoppedState } from '../model/state.ts';
import type { Invocation, Run } from './commands.ts';
import type { Selection } from './names.ts';
import { timeoutWithin, reach } from './reach.ts';
import { renderProcesses, renderStatus } from './text/table.ts';
import { painter, type Terminal } from './text/terminal.ts';

/** Milliseconds: who watches sees that there is no answer, and asks again. */
const WATCHED_MS = 5000;

/** At rest, and that is not how it should be: a oneshot that has succeeded is done, and one with a schedule is waiting for its time. */
const isAmiss = ({ state, duty }: ProcessStatus): boolean => {
  const isFine = duty !== null && (duty.completed || (duty.nextRun !== null && state === 'STOPPED'));
  return isStoppedState(state) && !isFine;
};

/** supervisorctl's: a process at rest wins over an unknown name. */
const exitStatus = ({ processes, unknown }: Selection<ProcessStatus>): number => {
  if (processes.some(isAmiss)) return 3;
  return unknown.length > 0 ? 4 : 0;
};

/** The named processes only, or everything with the supervisor below it. */
const render = (reply: StatusReply, named: boolean, { color, columns }: Terminal): string => {
  const view = { paint: painter(color), columns, now: Date.now() };
  return (named ? renderProcesses(reply.processes, view) : renderStatus(reply, view)).join('\n');
};

/** The parts that only names need are loaded only for names. */
const selectNamed = async (
  words: readonly string[],
  all: readonly ProcessStatus[],
  terminal: Terminal,
): Promise<Selection<ProcessStatus>> => {
  if (words.length === 0) return { processes: all, unknown: [] };
  const [{ select }, { complain }] = await Promise.all([import('./names.ts'), import('./text/complain.ts')]);
  const selection = select(words, all);
  for (const { error, hint } of selection.unknown) complain(terminal, error.message, hint);
  return selection;
};

const showOnce = async (client: Client, { words, options, terminal }: Invocation): Promise<number> => {
  const reply = await client.status();
  const selection = await selectNamed(words, reply.processes, terminal);
  const listed = { ...reply, processes: selection.processes };
  if (options.json === true) terminal.out(JSON.stringify(listed, null, 2));
  else if (words.length === 0 || listed.processes.length > 0)
    terminal.out(render(listed, words.length > 0, terminal));
  return exitStatus(selection);
};

/** Null when it is not said; what reads it is loaded only where it is. */
const secondsOf = async ({ timeout }: Invocation['options']): Promise<number | null> =>
  timeout === undefined ? null : (await import('./number-option.ts')).numberOption('--timeout', timeout);

export const run: Run = async (invocation) => {
  const { words, options } = invocation;
  const seconds = await secondsOf(options);
  const client = await reach(invocation, options.watch === true ? WATCHED_MS : timeoutWithin(seconds));
  if (options.wait === true) await (await import('./readying.ts')).untilReady(client, words, seconds);
  const once = (terminal: Terminal): Promise<number> => showOnce(client, { ...invocation, terminal });
  if (invocation.options.watch !== true) return once(invocation.terminal);
  // JSON is for programs, which want no screen.
  const terminal = options.json === true ? { ...invocation.terminal, rows: null } : invocation.terminal;
  return (await import('./watch.ts')).watch(once, terminal);
};
