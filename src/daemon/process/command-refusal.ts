// Can a command be launched at all? supervisord's look before a start that an operator asked for.

import type { CommandRefusal } from '../../core/hands.ts';
import type { ProcessPlan } from '../../model/plan.ts';
import { lookup } from '../../spawn/lookup.ts';

/** supervisord's own words tell the two apart. */
const MISSING = "can't find command";

export const commandRefusal = ({ command, directory, environment }: ProcessPlan): CommandRefusal | null => {
  const path = environment['PATH'] ?? process.env['PATH'];
  const found = lookup(command, { env: path === undefined ? {} : { PATH: path }, directory });
  if (!('error' in found)) return null;
  return { code: found.error.startsWith(MISSING) ? 'NO_COMMAND' : 'NOT_EXECUTABLE', reason: found.error };
};
