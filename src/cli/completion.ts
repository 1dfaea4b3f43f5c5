// `tsvisor completion`: the script for a shell, and the names that the script asks for.

import { TsvisorError } from '../model/errors.ts';
import { namespec } from '../model/name.ts';
import type { Invocation, Run } from './commands.ts';
import { COMPLETION_SCRIPTS } from './completion-scripts.ts';
import { reach } from './reach.ts';

/** Milliseconds: somebody has pressed a key. */
const TIMEOUT_MS = 1500;

/** Asked for by the scripts while somebody types. */
const names = async (invocation: Invocation, ofGroups: boolean): Promise<readonly string[]> => {
  const { processes } = await (await reach(invocation, TIMEOUT_MS)).status();
  const groups = [...new Set(processes.map(({ group }) => group))];
  if (ofGroups) return groups;
  const several = groups.filter((group) =>
    processes.some(({ group: of, name }) => of === group && name !== of),
  );
  return [...processes.map(namespec), ...several.map((group) => `${group}:*`), 'all'];
};

export const run: Run = async (invocation) => {
  const { words, terminal } = invocation;
  const [shell = ''] = words;
  const script = Object.hasOwn(COMPLETION_SCRIPTS, shell) ? COMPLETION_SCRIPTS[shell] : undefined;
  if (script !== undefined) terminal.write(script());
  else if (shell === 'names' || shell === 'groups')
    terminal.out((await names(invocation, shell === 'groups')).join('\n'));
  else
    throw new TsvisorError('BAD_OPTION', {
      option: shell,
      reason: `there are ${Object.keys(COMPLETION_SCRIPTS).join(', ')}`,
    });
  return 0;
};
