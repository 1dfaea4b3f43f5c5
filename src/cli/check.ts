// `tsvisor check`: is this config right?

import type { Run } from './commands.ts';
import { warn } from './complain.ts';
import { configFile } from './locate.ts';
import { loadPlace } from './place.ts';

export const run: Run = async ({ options, terminal }) => {
  const { plan, warnings } = await loadPlace(configFile(options.config));
  warn(terminal, warnings);
  const processes = plan.groups.flatMap((group) => group.processes).length;
  terminal.out(`${plan.file}: no problem found (groups: ${plan.groups.length}, processes: ${processes})`);
  return 0;
};
