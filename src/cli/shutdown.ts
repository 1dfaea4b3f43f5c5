// `tsvisor shutdown`: everything stops, the supervisor too.

import type { Run } from './commands.ts';
import { endSupervisor } from './ending.ts';
import { locate } from './locate.ts';

export const run: Run = async ({ options, terminal }) => {
  await endSupervisor(await locate(options), terminal);
  terminal.out('tsvisor has stopped');
  return 0;
};
