// `tsvisor pid`: the supervisor's pid, or those of the leaders of named processes.

import type { Run } from './commands.ts';
import { complain } from './text/complain.ts';
import { select } from './names.ts';
import { reach } from './reach.ts';

export const run: Run = async ({ words, options, terminal }) => {
  const { supervisor, processes } = await (await reach({ options, terminal })).status();
  if (words.length === 0) {
    terminal.out(String(supervisor.pid));
    return 0;
  }
  const selection = select(words, processes);
  for (const { error, hint } of selection.unknown) complain(terminal, error.message, hint);
  if (selection.processes.length > 0)
    terminal.out(selection.processes.map(({ pid }) => String(pid)).join('\n'));
  if (selection.unknown.length > 0) return 1;
  return selection.processes.some(({ pid }) => pid === 0) ? 7 : 0;
};
