// `tsvisor signal SIG names`: sends a signal to leaders.

import { createClient } from '../api/client.ts';
import type { Run } from './commands.ts';
import { locate } from './locate.ts';
import { tellOutcomes } from './text/outcomes.ts';

export const run: Run = async ({ words, options, terminal }) => {
  const [signal = '', ...names] = words;
  const client = createClient(await locate(options));
  const outcomes = await client.signal(names, signal);
  return tellOutcomes(outcomes, { client, terminal, exits: { NOT_RUNNING: 7 } });
};
