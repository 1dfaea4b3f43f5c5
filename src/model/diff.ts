// What is different between two plans? Groups added, removed and changed, and in which keys.

import type { GroupPlan, LogTarget, Plan, ProcessPlan } from './plan.ts';

/** One process of a changed group. */
export interface ProcessChange {
  readonly group: string;
  readonly name: string;
  readonly change: 'added' | 'removed' | 'changed';
  /** Fields of the plan that differ; empty unless `changed`. */
  readonly fields: readonly (keyof ProcessPlan)[];
  readonly before: ProcessPlan | null;
  readonly after: ProcessPlan | null;
}

export interface GroupChange {
  readonly name: string;
  readonly before: GroupPlan;
  readonly after: GroupPlan;
  /** Fields of the group itself that differ, `processes` left out. */
  readonly fields: readonly (keyof GroupPlan)[];
  readonly processes: readonly ProcessChange[];
  /** Whether the same processes stand in another order. */
  readonly reordered: boolean;
}

export interface PlanDiff {
  readonly added: readonly GroupPlan[];
  readonly removed: readonly GroupPlan[];
  readonly changed: readonly GroupChange[];
  /** Fields of the supervisor's own settings that differ. */
  readonly supervisor: readonly (keyof Plan['supervisor'])[];
}

/** Equality of plain data. */
const same = (left: unknown, right: unknown): boolean => {
  if (Object.is(left, right)) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  const [a, b] = [new Map(Object.entries(left)), new Map(Object.entries(right))];
  return a.size === b.size && [...a].every(([key, value]) => b.has(key) && same(value, b.get(key)));
};

/** Own keys of plain data, typed: nothing adds keys to a plan that its type does not have. */
const isKeyOf = <T extends object>(data: T, key: PropertyKey): key is keyof T => Object.hasOwn(data, key);

const differing = <T extends object>(left: T, right: T, ignored: readonly (keyof T)[] = []): (keyof T)[] => {
  const keys: (keyof T)[] = [];
  for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
    const of = Object.hasOwn(left, key) ? left : right;
    if (isKeyOf(of, key) && !ignored.includes(key) && !same(left[key], right[key])) keys.push(key);
  }
  return keys;
};

const processChange = (
  before: ProcessPlan | undefined,
  after: ProcessPlan | undefined,
): ProcessChange | null => {
  const any = after ?? before;
  if (any === undefined) return null;
  const fields = before !== undefined && after !== undefined ? differing(before, after) : [];
  const change = before === undefined ? 'added' : after === undefined ? 'removed' : 'changed';
  if (change === 'changed' && fields.length === 0) return null;
  return { group: any.group, name: any.name, change, fields, before: before ?? null, after: after ?? null };
};

const byName = <T extends { readonly name: string }>(items: readonly T[]): ReadonlyMap<string, T> =>
  new Map(items.map((item) => [item.name, item]));

/** Names of both, in the order of the first. */
const kept = (of: ReadonlyMap<string, unknown>, other: ReadonlyMap<string, unknown>): string[] =>
  [...of.keys()].filter((name) => other.has(name));

const groupChange = (before: GroupPlan, after: GroupPlan): GroupChange | null => {
  const [old, fresh] = [byName(before.processes), byName(after.processes)];
  const names = [...new Set([...old.keys(), ...fresh.keys()])];
  const processes = names
    .map((name) => processChange(old.get(name), fresh.get(name)))
    .filter((change) => change !== null);
  const fields = differing(before, after, ['processes']);
  const reordered = !same(kept(old, fresh), kept(fresh, old));
  if (processes.length === 0 && fields.length === 0 && !reordered) return null;
  return { name: after.name, before, after, fields, processes, reordered };
};

/** Everything in which `after` differs from `before`. Fields that supervisord leaves out of its comparison are compared too. */
export const diffPlans = (before: Plan, after: Plan): PlanDiff => {
  const [old, fresh] = [byName(before.groups), byName(after.groups)];
  const changed: GroupChange[] = [];
  for (const [name, group] of fresh) {
    const known = old.get(name);
    const change = known === undefined ? null : groupChange(known, group);
    if (change !== null) changed.push(change);
  }
  return {
    added: [...fresh.values()].filter(({ name }) => !old.has(name)),
    removed: [...old.values()].filter(({ name }) => !fresh.has(name)),
    changed,
    supervisor: differing(before.supervisor, after.supervisor),
  };
};

/** Which file supervisord takes for an AUTO log is no difference to it, sizes are. What is AUTO now is a path to it: it has chosen one. */
const isOtherLog = (before: LogTarget, after: LogTarget): boolean =>
  after.kind !== 'auto' || before.maxBytes !== after.maxBytes || before.backups !== after.backups;

/** Fields that supervisord's own comparison does not know. */
const OWN_FIELDS: ReadonlySet<keyof ProcessPlan> = new Set<keyof ProcessPlan>([
  'oomScoreAdj',
  'oomScoreAdjRequired',
  'onOom',
  'survivors',
  'memoryMax',
  'memoryHigh',
  'containment',
  'fastDeathSecs',
  'restartDelayMax',
  'care',
  'duty',
  'logging',
  'notify',
  'sockets',
  'nice',
  'ulimits',
]);

/** Whether supervisord would call a process changed: a log that becomes AUTO is passed over, and so are our own keys. */
const changedForSupervisord = ({ fields, before, after }: ProcessChange): boolean =>
  before === null ||
  after === null ||
  fields.some((field) => {
    if (OWN_FIELDS.has(field)) return false;
    return (field !== 'stdout' && field !== 'stderr') || isOtherLog(before[field], after[field]);
  });

/** Whether supervisord's `reread` would name the group as changed. */
export const isChangedForSupervisord = (change: GroupChange): boolean => {
  const { before, after } = change;
  if (change.reordered || change.processes.some(changedForSupervisord)) return true;
  return change.fields.some((field) => field !== 'socket' || before.socket?.url !== after.socket?.url);
};
