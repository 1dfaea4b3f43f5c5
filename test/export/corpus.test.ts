// Does every real config go through every export, and is what comes out taken by those it is for?

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadPlan } from '../../src/config/load.ts';
import { assumedUsers } from '../../src/config/users.ts';
import { writeOldYaml } from '../../src/config/yaml.ts';
import { exportKubernetes } from '../../src/export/kubernetes.ts';
import { exportNomad } from '../../src/export/nomad.ts';
import { exportSystemd } from '../../src/export/systemd.ts';
import { isSecret } from '../../src/model/secrets.ts';
import type { Plan } from '../../src/model/plan.ts';
import { corpusCases, corpusIsThere, laidOut } from '../config/corpus.ts';
import { complaintsAbout, noAnalyzer } from './analyze.ts';
import { readManifests, ruleComplaints, shapeComplaints } from './manifests.ts';
import { jobComplaints, readJob } from './read-hcl.ts';

/** Fewer than this mean that the test did not look. */
const AT_LEAST = 105;

interface Named {
  readonly name: string;
  readonly plan: Plan;
}

/** All that tsvisor reads; the others are configs that supervisord refuses too. */
const plans = async (): Promise<readonly Named[]> => {
  const found: Named[] = [];
  for (const one of corpusCases()) {
    const sandbox = mkdtempSync(join(tmpdir(), 'tsvisor-corpus-'));
    try {
      const { file, cwd } = laidOut(one, sandbox, false);
      const { env } = one.expected.as_included ?? one.expected.as_main;
      const resolved = await loadPlan(file, { env, cwd, users: assumedUsers(), assumeExists: true });
      if (resolved.plan !== null) found.push({ name: one.name, plan: resolved.plan });
    } finally {
      rmSync(sandbox, { recursive: true });
    }
  }
  return found;
};

/** Names of secrets whose values are in any of the exports. */
const spilt = (plan: Plan): readonly string[] => {
  const text = [
    exportNomad(plan),
    exportSystemd(plan),
    exportKubernetes(plan, { image: null, write: writeOldYaml }),
  ]
    .flatMap(({ files }) => files.map((file) => file.text))
    .join('\n');
  return plan.groups
    .flatMap(({ processes }) => processes)
    .flatMap(({ command, environment }) =>
      Object.entries(environment)
        .filter(([name, value]) => isSecret(name, value) && value.length > 5 && !command.includes(value))
        .filter(([, value]) => text.includes(value))
        .map(([name]) => `the value of ${name}`),
    );
};

/** What a machine without these programs and users cannot know. */
const OF_THIS_MACHINE =
  /is not executable|strict user\/group name|Special user|Command .* is not|Unit .* not found|unsafe|not a directory/i;

describe.skipIf(!corpusIsThere)(
  'beside the corpus of real files (skipped where ../shared/corpus is not there)',
  () => {
    test('every config becomes jobs, manifests and units', async () => {
      const all = await plans();
      const processes = all.reduce(
        (sum, { plan }) => sum + plan.groups.reduce((count, group) => count + group.processes.length, 0),
        0,
      );
      console.log(`corpus: ${all.length} configs, ${processes} processes`);
      expect(all.length).toBeGreaterThanOrEqual(AT_LEAST);
      const wrong: string[] = [];
      for (const { name, plan } of all) {
        const nomad = exportNomad(plan).files.flatMap(({ text }) => jobComplaints(readJob(text)));
        const { files } = exportKubernetes(plan, { image: null, write: writeOldYaml });
        const manifests = files.flatMap(({ text }) => readManifests(text));
        const units = exportSystemd(plan).files.map((file) => file.name);
        const twice = units.length === new Set(units).size ? [] : ['names of units'];
        wrong.push(
          ...[...nomad, ...ruleComplaints(manifests), ...twice, ...spilt(plan)].map(
            (text) => `${name}: ${text}`,
          ),
        );
      }
      expect(wrong).toEqual([]);
    }, 120_000);

    test('the manifests have the shape that Kubernetes publishes', async () => {
      const manifests = (await plans()).flatMap(({ plan }) =>
        exportKubernetes(plan, { image: null, write: writeOldYaml }).files.flatMap(({ text }) =>
          readManifests(text),
        ),
      );
      expect(manifests.length).toBeGreaterThan(AT_LEAST);
      expect(shapeComplaints(manifests)).toEqual([]);
    }, 120_000);

    test.skipIf(noAnalyzer)(
      'systemd takes the units (needs systemd-analyze)',
      async () => {
        const wrong: string[] = [];
        for (const { name, plan } of await plans()) {
          const { files } = exportSystemd(plan);
          wrong.push(
            ...complaintsAbout(files)
              .filter((line) => !OF_THIS_MACHINE.test(line))
              .map((line) => `${name}: ${line}`),
          );
        }
        expect(wrong).toEqual([]);
      },
      300_000,
    );
  },
);
