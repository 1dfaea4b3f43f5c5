// `tsvisor config`: what does a config say once everything is filled in?

import { loadPlan } from '../config/load.ts';
import { assumedUsers, machineUsers } from '../config/users.ts';
import { TsvisorError } from '../model/errors.ts';
import { badConfig } from '../model/problem.ts';
import type { Invocation, Run } from './commands.ts';
import { configFile } from './locate.ts';

const worldOf = ({ assumeExists = false, hostname }: Invocation['options']) => ({
  users: assumeExists ? assumedUsers() : machineUsers(),
  assumeExists,
  ...(hostname === undefined ? {} : { hostname }),
});

const printAs = async (file: string, { options }: Invocation): Promise<string> => {
  const asWritten = options.as === 'supervisord';
  const world = worldOf(options);
  const resolved = await loadPlan(file, { ...world, asWritten });
  if (resolved.plan === null) throw badConfig(resolved.problems);
  if (asWritten) {
    const { configShape } = await import('../config/shape.ts');
    const { users } = world;
    return JSON.stringify(
      configShape(resolved.plan, { nameOf: (id) => users.nameOf(id), warnings: resolved.warnings }),
      null,
      2,
    );
  }
  const { printPlan } = await import('../config/effective.ts');
  return printPlan(resolved.plan, options.json === true ? 'json' : 'yaml');
};

export const run: Run = async (invocation) => {
  const { as, config } = invocation.options;
  if (as !== undefined && as !== 'supervisord')
    throw new TsvisorError('BAD_OPTION', { option: `--as ${as}`, reason: 'there is supervisord' });
  invocation.terminal.out((await printAs(configFile(config), invocation)).trimEnd());
  return 0;
};
