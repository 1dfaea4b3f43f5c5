// Is a process well, after all that its checks have found so far? Some failures are forgiven, some passes are asked for.

import type { HealthPlan } from '../model/duty.ts';

export interface HealthState {
  readonly health: 'unknown' | 'healthy' | 'unhealthy';
  /** In a row. */
  readonly failures: number;
  readonly passes: number;
}

export const UNKNOWN: HealthState = { health: 'unknown', failures: 0, passes: 0 };

export interface Finding {
  /** Null: the check has passed. */
  readonly failure: string | null;
  /** Milliseconds since the launch. */
  readonly age: number;
}

/** Nothing has been found yet, and it may still be on its way up: looked at often, and failures do not count. */
export const isStarting = ({ health }: HealthState, { grace }: HealthPlan, age: number): boolean =>
  health === 'unknown' && age < grace * 1000;

export const healthAfter = (
  before: HealthState,
  { failure, age }: Finding,
  plan: HealthPlan,
): HealthState => {
  if (failure === null) {
    const passes = before.passes + 1;
    return { health: passes >= plan.success ? 'healthy' : before.health, failures: 0, passes };
  }
  if (isStarting(before, plan, age)) return { ...before, passes: 0 };
  const failures = before.failures + 1;
  return { health: failures >= plan.retries ? 'unhealthy' : before.health, failures, passes: 0 };
};
