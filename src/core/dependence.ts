// On whom does a process depend, what does it wait for, and who therefore ends before whom?

import { conditionFor, namedBy, type Condition, type Dependency } from '../model/duty.ts';
import { isReady, readinessWords } from '../model/readiness.ts';
import type { Process } from './process.ts';

const targetsOf = ({ on }: Dependency, all: readonly Process[]): readonly Process[] =>
  namedBy(on, all, ({ plan }) => plan);

/** Why it is not up; a FATAL one stays so until somebody starts it. */
const restWords = ({ phase, state }: Process): string => {
  if (phase.name === 'waiting') return 'it waits too';
  if (phase.name === 'fatal') return `it is FATAL (${phase.error})`;
  return phase.name === 'exited' && !phase.expected
    ? `it failed (${phase.why.toLowerCase()})`
    : `it is ${state}`;
};

/** What of a condition does not hold, in words; null when it does. */
export const shortfall = (process: Process, condition: Condition): string | null => {
  const { phase, readiness } = process;
  if (condition === 'completed')
    return process.past.completed && process.leader === null ? null : restWords(process);
  if (phase.name !== 'running' && phase.name !== 'starting') return restWords(process);
  if (condition === 'started') return null;
  if (!isReady(process)) return readiness.ready === null ? restWords(process) : readinessWords(readiness);
  return condition === 'healthy' && readiness.health !== 'healthy' ? readinessWords(readiness) : null;
};

const WORDS: Readonly<Record<Condition, string>> = {
  started: 'to be started',
  ready: 'to be ready',
  healthy: 'to be healthy',
  completed: 'to complete',
};

/** Of one dependency: the first process that is not as it should be, in words; null when all are. */
const unmet = (dependency: Dependency, all: readonly Process[]): string | null => {
  const targets = targetsOf(dependency, all);
  if (targets.length === 0) return `waits for ${dependency.on}, which is not active`;
  for (const target of targets) {
    const condition = conditionFor(dependency, target.plan.duty);
    const why = shortfall(target, condition);
    if (why !== null) return `waits for ${target.namespec} ${WORDS[condition]}: ${why}`;
  }
  return null;
};

/** Why a process must wait for others; null when it need not. */
export const waitsForOthers = ({ plan }: Process, all: readonly Process[]): string | null => {
  for (const dependency of plan.duty.dependsOn) {
    const why = unmet(dependency, all);
    if (why !== null) return why;
  }
  return null;
};

/** It is restarted with others. */
export const isFollower = ({ plan }: Process): boolean => plan.duty.dependsOn.some(({ restart }) => restart);

/** Those of `followers` that are restarted when `process` is. */
export const followersOf = (
  process: Process,
  followers: readonly Process[],
  all: readonly Process[],
): readonly Process[] =>
  followers.filter(({ plan }) =>
    plan.duty.dependsOn.some(
      (dependency) => dependency.restart && targetsOf(dependency, all).includes(process),
    ),
  );

/** Less than the distance of two batches, however long a chain is. */
const STEP = 1e-6;

/** The order of a farewell, changed where somebody would end before those that depend on it. */
export const dependentsFirst = (
  batches: readonly (readonly Process[])[],
): readonly (readonly Process[])[] => {
  const all = batches.flat();
  if (all.every(({ plan }) => plan.duty.dependsOn.length === 0)) return batches;
  const ranks = new Map(batches.flatMap((batch, rank) => batch.map((process) => [process, rank] as const)));
  const rankOf = (process: Process): number => ranks.get(process) ?? 0;
  const push = (process: Process, rank: number): void => {
    if (rankOf(process) > rank) return;
    ranks.set(process, rank + STEP);
    pushTargets(process);
  };
  const pushTargets = (process: Process): void => {
    for (const dependency of process.plan.duty.dependsOn)
      for (const target of targetsOf(dependency, all)) push(target, rankOf(process));
  };
  for (const process of all) pushTargets(process);
  const order = [...new Set(ranks.values())].toSorted((a, b) => a - b);
  return order.map((rank) => all.filter((process) => rankOf(process) === rank));
};
