// `tsvisor add`: groups come into the active config.

import { createClient } from '../api/client.ts';
import type { Run } from './commands.ts';
import { ADD, changeGroups } from './groups.ts';
import { locate } from './locate.ts';

export const run: Run = async ({ words, options, terminal }) =>
  changeGroups(words, ADD, { client: createClient(await locate(options)), terminal });
