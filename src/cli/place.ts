// What does a config say about where and how its supervisor is to run?

import { loadPlan } from '../config/load.ts';
import { runtimeOf } from '../config/runtime.ts';
import type { Plan } from '../model/plan.ts';
import { badConfig, type Problem } from '../model/problem.ts';

export interface Place {
  readonly plan: Plan;
  readonly warnings: readonly Problem[];
  readonly runtimeDir: string;
  /** Path of the control socket. */
  readonly socket: string;
}

/** Refuses with BAD_CONFIG and every problem of the file. */
export const loadPlace = async (file: string): Promise<Place> => {
  const resolved = await loadPlan(file);
  if (resolved.plan === null) throw badConfig(resolved.problems);
  const { plan, warnings } = resolved;
  const { dir, socket, problem } = runtimeOf(plan);
  if (problem !== null) throw badConfig([problem]);
  return { plan, warnings, runtimeDir: dir, socket };
};
