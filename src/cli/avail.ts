// `tsvisor avail`: the processes of the config that was read last.

import type { ConfigReply } from '../model/command.ts';
import { namespec } from '../model/name.ts';
import type { Run } from './commands.ts';
import { reach } from './reach.ts';

/** supervisorctl's columns. */
const lineOf = ({ plan, inUse, groupPriority }: ConfigReply): string =>
  [
    namespec(plan).padEnd(32),
    (inUse ? 'in use' : 'avail').padEnd(9),
    (plan.autostart ? 'auto' : 'manual').padEnd(9),
    `${groupPriority}:${plan.priority}`,
  ].join(' ');

export const run: Run = async ({ options, terminal }) => {
  const configs = await (await reach({ options, terminal })).configs();
  for (const config of configs) terminal.out(lineOf(config));
  return 0;
};
