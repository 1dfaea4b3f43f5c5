// `tsvisor oom`: who dies next, what was killed so far, and another score for what runs.

import { createOomClient, type OomClient } from '../api/client-oom.ts';
import { TsvisorError } from '../model/errors.ts';
import type { Invocation, Run } from './commands.ts';
import { locate } from './locate.ts';
import { timing } from './reach.ts';
import type { View } from './text/oom-text.ts';
import { painter, type Terminal } from './text/terminal.ts';

const clientOf = (socket: string, terminal: Terminal): OomClient =>
  createOomClient(socket, timing(socket, terminal));

const viewOf = ({ color, columns }: Terminal): View => ({ paint: painter(color), columns });

const showRank = async (socket: string, { options, terminal }: Invocation): Promise<number> => {
  const [reply, { rankText }] = await Promise.all([
    clientOf(socket, terminal).rank({ whatIf: options.whatIf ?? '', limits: options.limit ?? '' }),
    import('./text/oom-text.ts'),
  ]);
  terminal.out(options.json === true ? JSON.stringify(reply, null, 2) : rankText(reply, viewOf(terminal)));
  return 0;
};

const showHistory = async (socket: string, { options, terminal }: Invocation): Promise<number> => {
  const [reply, { incidentsText }] = await Promise.all([
    clientOf(socket, terminal).incidents(),
    import('./text/oom-text.ts'),
  ]);
  terminal.out(
    options.json === true ? JSON.stringify(reply, null, 2) : incidentsText(reply, viewOf(terminal)),
  );
  return 0;
};

/** `web db +300`, or `web=-300`, since a word that begins with a dash would be an option. */
const readSet = (words: readonly string[]): { readonly names: readonly string[]; readonly score: string } => {
  const last = words.at(-1) ?? '';
  const equals = last.indexOf('=');
  if (words.length === 1 && equals > 0)
    return { names: [last.slice(0, equals)], score: last.slice(equals + 1) };
  if (words.length >= 2) return { names: words.slice(0, -1), score: last };
  throw new TsvisorError('BAD_OPTION', {
    option: 'set',
    reason: 'it takes names and a score: `oom set web +300` or `oom set web=-300`',
  });
};

const setScore = async (socket: string, invocation: Invocation): Promise<number> => {
  const { names, score } = readSet(invocation.words.slice(1));
  const outcomes = await clientOf(socket, invocation.terminal).setScore(names, score);
  const [{ tellOutcomes }, { createClient }] = await Promise.all([
    import('./text/outcomes.ts'),
    import('../api/client.ts'),
  ]);
  return tellOutcomes(outcomes, { client: createClient(socket), terminal: invocation.terminal, exits: {} });
};

export const run: Run = async (invocation) => {
  const socket = await locate(invocation.options);
  const [act] = invocation.words;
  if (act === undefined) return showRank(socket, invocation);
  if (act === 'history') return showHistory(socket, invocation);
  if (act === 'set') return setScore(socket, invocation);
  throw new TsvisorError('BAD_OPTION', { option: act, reason: 'it is neither history nor set' });
};
