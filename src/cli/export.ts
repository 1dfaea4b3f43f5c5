// `tsvisor export`: what do Nomad, Kubernetes or systemd need to run the same programs?

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadPlan } from '../config/load.ts';
import { assumedUsers, machineUsers } from '../config/users.ts';
import type { Exported } from '../export/exported.ts';
import { errorText, TsvisorError } from '../model/errors.ts';
import type { Plan } from '../model/plan.ts';
import { badConfig } from '../model/problem.ts';
import type { Invocation, Run } from './commands.ts';
import { warn } from './text/complain.ts';
import { configFile } from './locate.ts';

type Options = Invocation['options'];

const WRITERS: Readonly<Record<string, (plan: Plan, options: Options) => Promise<Exported>>> = {
  nomad: async (plan) => (await import('../export/nomad.ts')).exportNomad(plan),
  kubernetes: async (plan, { image = null }) => {
    const [{ exportKubernetes }, { writeOldYaml }] = await Promise.all([
      import('../export/kubernetes.ts'),
      import('../config/yaml.ts'),
    ]);
    return exportKubernetes(plan, { image, write: writeOldYaml });
  },
  systemd: async (plan) => (await import('../export/systemd.ts')).exportSystemd(plan),
};

const load = async (
  { config, assumeExists = false, hostname }: Options,
  { terminal }: Invocation,
): Promise<Plan> => {
  const resolved = await loadPlan(configFile(config), {
    users: assumeExists ? assumedUsers() : machineUsers(),
    assumeExists,
    ...(hostname === undefined ? {} : { hostname }),
  });
  if (resolved.plan === null) throw badConfig(resolved.problems);
  warn(terminal, resolved.warnings);
  return resolved.plan;
};

/** All or none: whoever looks at the folder must not take half of it for the whole. */
const write = (folder: string, { files }: Exported, { force = false }: Options): void => {
  const there = files.map(({ name }) => join(folder, name)).find((path) => existsSync(path));
  if (there !== undefined && !force)
    throw new TsvisorError('UNIT_REFUSED', {
      act: 'write',
      path: there,
      reason: 'it is there already',
      cure: 'another --output, or --force to replace what is there',
    });
  try {
    mkdirSync(folder, { recursive: true });
    for (const { name, text } of files) writeFileSync(join(folder, name), text);
  } catch (error) {
    const reason = errorText(error);
    throw new TsvisorError('UNIT_REFUSED', { act: 'write to', path: folder, reason, cure: '' });
  }
};

export const run: Run = async (invocation) => {
  const { words, options, terminal } = invocation;
  const writer = WRITERS[words[0] ?? ''];
  if (writer === undefined)
    throw new TsvisorError('BAD_OPTION', {
      option: words[0] ?? 'nothing',
      reason: `there are ${Object.keys(WRITERS).join(', ')}`,
    });
  const exported = await writer(await load(options, invocation), options);
  for (const warning of exported.warnings) terminal.err(`warning: ${warning}`);
  if (exported.files.length === 0) terminal.err('warning: the config has no programs');
  if (options.output === undefined)
    terminal.out(
      exported.files
        .map(({ name, text }) => `# ${name}\n${text}`)
        .join('\n')
        .trimEnd(),
    );
  else {
    write(options.output, exported, options);
    terminal.out(`wrote ${exported.files.length} files to ${options.output}`);
  }
  return 0;
};
