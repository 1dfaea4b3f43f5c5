// `tsvisor signal SIG names`: sends a signal to leaders.

import type { Run } from './commands.ts';
import { reach } from './reach.ts';
import { tellOutcomes } from './text/outcomes.ts';

export const run: Run = async ({ words, options, terminal }) => {
  const [signal = '', ...names] = words;
  const client = await reach({ options, terminal });
  const outcomes = await client.signal(names, signal);
  return tellOutcomes(outcomes, { client, terminal, exits: { NOT_RUNNING: 7 } });
};
