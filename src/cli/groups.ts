// How do groups come into the active config and go out of it, one after the other?

import type { Client } from '../api/client.ts';
import { TsvisorError } from '../model/errors.ts';
import { complain } from './text/complain.ts';
import type { Terminal } from './text/terminal.ts';

export interface GroupChange {
  readonly act: (client: Client, group: string) => Promise<void>;
  /** Said after the name of the group. */
  readonly done: string;
  /** What to do about a name that is no group; the registry's hint when absent. */
  readonly cure?: string;
}

export const ADD: GroupChange = {
  act: (client, group) => client.addGroup(group),
  done: 'added process group',
  cure: '`tsvisor reread` reads the config anew, `tsvisor avail` lists what is in it',
};

export const REMOVE: GroupChange = {
  act: (client, group) => client.removeGroup(group),
  done: 'removed process group',
};

/** A group that refuses does not stop the others. Answers the exit status: that of the last refusal. */
export const changeGroups = async (
  groups: readonly string[],
  { act, done, cure }: GroupChange,
  { client, terminal }: { readonly client: Client; readonly terminal: Terminal },
): Promise<number> => {
  let exit = 0;
  for (const group of groups)
    try {
      await act(client, group);
      terminal.out(`${group}: ${done}`);
    } catch (error) {
      if (!(error instanceof TsvisorError)) throw error;
      complain(terminal, error.message, error.code === 'BAD_GROUP' && cure !== undefined ? cure : error.hint);
      exit = error.row.exit === 0 ? exit : error.row.exit;
    }
  return exit;
};
