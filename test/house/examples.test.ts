// Do the examples load, and do both dialects say the same?

import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadPlan } from '../../src/config/load.ts';
import type { ProcessPlan } from '../../src/model/plan.ts';

const EXAMPLES = join(import.meta.dirname, '../../examples');

const processesOf = async (file: string): Promise<readonly ProcessPlan[]> => {
  const resolved = await loadPlan(join(EXAMPLES, file));
  if (resolved.plan === null) throw new Error(`cannot load ${file}: ${JSON.stringify(resolved.problems)}`);
  expect(resolved.warnings).toEqual([]);
  return resolved.plan.groups.flatMap(({ processes }) => processes);
};

describe('the examples', () => {
  test('load without a problem or a warning, and hold the two workers of group ci', async () => {
    const processes = await processesOf('ci/supervisord.conf');
    expect(processes.map(({ group, name }) => `${group}:${name}`)).toEqual(['ci:app-1', 'ci:app-2']);
  });

  test('say the same in ini and in YAML, but for how a stop reaches the members', async () => {
    const ini = await processesOf('ci/supervisord.conf');
    const yaml = await processesOf('tsvisor.yaml');
    const comparable = (plan: ProcessPlan): unknown => ({ ...plan, stopasgroup: null, killasgroup: null });
    expect(yaml.map(comparable)).toEqual(ini.map(comparable));
  });

  test('of readiness has one program of each kind', async () => {
    const processes = await processesOf('readiness.yaml');
    const kinds = processes.map(({ name, duty: { type, health, schedule, dependsOn } }) =>
      [name, type, health?.check.kind, schedule?.cron, dependsOn.map(({ on }) => on).join()]
        .filter(Boolean)
        .join(' '),
    );
    expect(kinds).toEqual([
      'backup oneshot 30 4 * * *',
      'migrate oneshot store',
      'store service http',
      'web service log store,migrate',
    ]);
  });
});
