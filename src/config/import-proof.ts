// Does an imported config make the plan that the original makes?

import { dirname, join } from 'node:path';
import { diffPlans } from '../model/diff.ts';
import type { Plan } from '../model/plan.ts';
import { resolveDraft } from './resolve.ts';
import type { World } from './world.ts';
import { draftYaml } from './yaml-draft.ts';

/** A server's section may have another name in YAML. */
const comparable = (plan: Plan): Plan => ({
  ...plan,
  supervisor: {
    ...plan.supervisor,
    unixServers: plan.supervisor.unixServers.map((server) => ({ ...server, section: '', name: null })),
    inetServers: plan.supervisor.inetServers.map((server) => ({ ...server, section: '', name: null })),
  },
});

/** In words what is different between a plan and the one that a YAML text beside its file makes. */
export const differences = (plan: Plan, text: string, world: World): string[] => {
  const file = join(dirname(plan.file), 'tsvisor.yaml');
  const { draft, includedFiles, problems } = draftYaml(file, text, world);
  const read = resolveDraft({ draft, world, includedFiles });
  if (problems.length > 0 || read.plan === null)
    return [...problems, ...(read.plan === null ? read.problems : [])].map(
      ({ line, message }) => `line ${line}: ${message}`,
    );
  const diff = diffPlans(comparable(plan), comparable(read.plan));
  return [
    ...diff.supervisor.map((field) => `the supervisor's ${field}`),
    ...diff.added.map(({ name }) => `the group ${name}, which is new`),
    ...diff.removed.map(({ name }) => `the group ${name}, which is missing`),
    ...diff.changed.flatMap(({ name, fields, processes }) => [
      ...fields.map((field) => `${field} of the group ${name}`),
      ...processes.map(
        (process) => `${process.fields.join(', ') || process.change} of ${name}:${process.name}`,
      ),
    ]),
  ];
};
