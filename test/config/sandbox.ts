// A folder of files for one test, gone afterwards.

import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { loadPlan } from '../../src/config/load.ts';
import type { LoadOptions } from '../../src/config/load.ts';
import type { Plan, ProcessPlan } from '../../src/model/plan.ts';
import { formatProblem } from '../../src/model/problem.ts';

export const makeFolder = (files: Readonly<Record<string, string | Buffer>>): string => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'tsvisor-config-')));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
};

/** The plan of a text, or an error that lists its problems. */
export const planOf = async (
  text: string,
  options: LoadOptions & { readonly name?: string } = {},
): Promise<Plan> => {
  const file = join(
    makeFolder({ [options.name ?? 'supervisord.conf']: text }),
    options.name ?? 'supervisord.conf',
  );
  const resolved = await loadPlan(file, { env: {}, ...options });
  if (resolved.plan === null) throw new Error(resolved.problems.map(formatProblem).join('\n'));
  return resolved.plan;
};

/** Problems of a text as `line: key: message`, without the folder. */
export const problemsOf = async (
  text: string,
  options: LoadOptions & { readonly name?: string } = {},
): Promise<string[]> => {
  const file = join(
    makeFolder({ [options.name ?? 'supervisord.conf']: text }),
    options.name ?? 'supervisord.conf',
  );
  const resolved = await loadPlan(file, { env: {}, ...options });
  return resolved.plan === null
    ? resolved.problems.map(({ line, key, message }) => `${line}: ${key}: ${message}`)
    : [];
};

export const processesIn = (plan: Plan): readonly ProcessPlan[] =>
  plan.groups.flatMap((group) => group.processes);

/** The one process of a plan. */
export const onlyProcess = (plan: Plan): ProcessPlan => {
  const [process, ...rest] = processesIn(plan);
  if (process === undefined || rest.length > 0) throw new Error(`${rest.length + 1} processes, not one`);
  return process;
};
