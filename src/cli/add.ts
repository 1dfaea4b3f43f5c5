// `tsvisor add`: groups come into the active config.

import type { Run } from './commands.ts';
import { ADD, changeGroups } from './groups.ts';
import { reach } from './reach.ts';

export const run: Run = async (invocation) =>
  changeGroups(invocation.words, ADD, { client: await reach(invocation), terminal: invocation.terminal });
