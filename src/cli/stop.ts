// `tsvisor stop`: named processes, or everything and the supervisor.

import { createClient } from '../api/client.ts';
import type { Run } from './commands.ts';
import { locate } from './locate.ts';
import { act } from './text/progress.ts';
import { tellOutcomes } from './text/outcomes.ts';

export const run: Run = async (invocation) => {
  const { words, options, terminal } = invocation;
  if (words.length === 0) return (await import('./shutdown.ts')).run(invocation);
  const client = createClient(await locate(options));
  return tellOutcomes(await act(client, { names: words, verb: 'stop' }, invocation), {
    client,
    terminal,
    exits: {},
  });
};
