// Which oom_score_adj does a program get, when the supervisor has this one?

import type { ScoreRequest } from '../model/plan.ts';

const SCORE_MIN = -1000;
const SCORE_MAX = 1000;

/** Points of 1000 by which a program must be easier to kill than its supervisor: a fifth of the machine's memory. */
const DISTANCE = 200;

const clamp = (value: number): number => Math.min(SCORE_MAX, Math.max(SCORE_MIN, value));

/**
 * The value to ask the kernel for, -1000..1000. `supervisorEffective` is what the kernel gave the supervisor. `auto`: 0
 * where the supervisor is better protected than that by DISTANCE or more, else the supervisor's plus DISTANCE.
 */
export const chooseScore = (request: ScoreRequest, supervisorEffective: number): number => {
  if (request.kind === 'absolute') return clamp(request.value);
  if (request.kind === 'relative') return clamp(supervisorEffective + request.value);
  return supervisorEffective <= -DISTANCE ? 0 : clamp(supervisorEffective + DISTANCE);
};
