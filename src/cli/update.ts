// `tsvisor update`: the config is read anew, and whole groups are added, removed and replaced.

import type { Client } from '../api/client.ts';
import { TsvisorError } from '../model/errors.ts';
import type { Run } from './commands.ts';
import { complain } from './text/complain.ts';
import { ADD, changeGroups, REMOVE, type GroupChange } from './groups.ts';
import { reach } from './reach.ts';
import { nearest } from '../config/nearest.ts';
import type { Terminal } from './text/terminal.ts';

const REPLACE: GroupChange = {
  async act(client, group) {
    await client.stop([`${group}:*`]);
    await client.removeGroup(group);
    await client.addGroup(group);
  },
  done: 'updated process group',
};

const STOP_AND_REMOVE: GroupChange = {
  ...REMOVE,
  async act(client, group) {
    await client.stop([`${group}:*`]);
    await client.removeGroup(group);
  },
};

/** Names that are no group, now or in the config. */
const sayUnknown = async (
  wanted: ReadonlySet<string>,
  added: readonly string[],
  { client, terminal }: { readonly client: Client; readonly terminal: Terminal },
): Promise<number> => {
  const { processes } = await client.status();
  const known = [...new Set([...processes.map(({ group }) => group), ...added])];
  const unknown = [...wanted].filter((name) => !known.includes(name));
  for (const name of unknown) {
    const meant = nearest(name, known);
    const { message, hint } = new TsvisorError('BAD_GROUP', { name });
    complain(terminal, message, meant === null ? hint : `did you mean \`${meant}\`?`);
  }
  return unknown.length > 0 ? 1 : 0;
};

export const run: Run = async ({ words, options, terminal }) => {
  const client = await reach({ options, terminal });
  const { added, changed, removed } = await client.reread();
  const wanted = new Set(words.includes('all') ? [] : words);
  const isWanted = (name: string): boolean => wanted.size === 0 || wanted.has(name);
  const to = { client, terminal };
  const exits = [
    wanted.size > 0 ? await sayUnknown(wanted, added, to) : 0,
    await changeGroups(removed.filter(isWanted), STOP_AND_REMOVE, to),
    await changeGroups(changed.filter(isWanted), REPLACE, to),
    await changeGroups(added.filter(isWanted), ADD, to),
  ];
  return exits.findLast((exit) => exit !== 0) ?? 0;
};
