// What does a config say about where and how its supervisor is to run?

import { loadPlan } from '../config/load.ts';
import { runtimeDirFor } from '../config/runtime.ts';
import { TsvisorError } from '../model/errors.ts';
import type { Plan } from '../model/plan.ts';
import { formatProblem } from '../model/problem.ts';
import type { Terminal } from './terminal.ts';

export const SOCKET_NAME = 'tsvisor.sock';

export interface Place {
  readonly plan: Plan;
  readonly runtimeDir: string;
  readonly socket: string;
}

/** Refuses with BAD_CONFIG and every problem of the file; warnings are printed. */
export const loadPlace = async (file: string, terminal: Terminal): Promise<Place> => {
  const resolved = await loadPlan(file);
  if (resolved.plan === null)
    throw new TsvisorError('BAD_CONFIG', { problems: resolved.problems.map(formatProblem).join('\n') });
  for (const warning of resolved.warnings) terminal.err(`warning: ${formatProblem(warning)}`);
  const { plan } = resolved;
  const runtimeDir = runtimeDirFor(plan);
  return { plan, runtimeDir, socket: `${runtimeDir}/${SOCKET_NAME}` };
};
