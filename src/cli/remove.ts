// `tsvisor remove`: groups go out of the active config.

import type { Run } from './commands.ts';
import { REMOVE, changeGroups } from './groups.ts';
import { reach } from './reach.ts';

export const run: Run = async (invocation) =>
  changeGroups(invocation.words, REMOVE, { client: await reach(invocation), terminal: invocation.terminal });
