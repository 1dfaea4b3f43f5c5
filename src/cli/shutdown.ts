// `tsvisor shutdown`: everything stops, the supervisor too.

import { createClient } from '../api/client.ts';
import type { Run } from './commands.ts';
import { endSupervisor } from './life/ending.ts';
import { locate } from './locate.ts';

export const run: Run = async ({ options, terminal }) => {
  if (options.wait === false) {
    await createClient(await locate(options)).shutdown();
    terminal.out('tsvisor is stopping');
    return 0;
  }
  await endSupervisor(await locate(options), terminal);
  terminal.out('tsvisor has stopped');
  return 0;
};
