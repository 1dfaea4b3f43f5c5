// `tsvisor stop`: named processes, or everything and the supervisor.

import type { Run } from './commands.ts';
import { reach } from './reach.ts';
import { act } from './text/progress.ts';
import { tellOutcomes } from './text/outcomes.ts';

export const run: Run = async (invocation) => {
  const { words, terminal } = invocation;
  if (words.length === 0) return (await import('./shutdown.ts')).run(invocation);
  const client = await reach(invocation);
  return tellOutcomes(await act(client, { names: words, verb: 'stop' }, invocation), {
    client,
    terminal,
    exits: {},
  });
};
