// `tsvisor shutdown`: everything stops, the supervisor too.

import type { Run } from './commands.ts';
import { askToEnd, endSupervisor } from './life/ending.ts';
import { reach } from './reach.ts';

export const run: Run = async ({ options, terminal }) => {
  const client = await reach({ options, terminal });
  if (options.wait === false) {
    await askToEnd(client);
    terminal.out('tsvisor is stopping');
    return 0;
  }
  await endSupervisor(client, terminal);
  terminal.out('tsvisor has stopped');
  return 0;
};
