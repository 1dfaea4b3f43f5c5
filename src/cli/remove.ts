// `tsvisor remove`: groups go out of the active config.

import { createClient } from '../api/client.ts';
import type { Run } from './commands.ts';
import { REMOVE, changeGroups } from './groups.ts';
import { locate } from './locate.ts';

export const run: Run = async ({ words, options, terminal }) =>
  changeGroups(words, REMOVE, { client: createClient(await locate(options)), terminal });
