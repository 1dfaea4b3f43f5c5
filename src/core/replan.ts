// The plan has changed while programs run: what is added, removed, restarted, or changed without a restart?

import type { ApplyStep } from '../model/command.ts';
import type { GroupChange, PlanDiff, ProcessChange } from '../model/diff.ts';
import type { ProcessPlan } from '../model/plan.ts';

type Field = keyof ProcessPlan;

/** What a running process can be given anew; everything else needs a new leader. Log targets: limits only. */
const LIVE: ReadonlySet<Field> = new Set<Field>([
  'priority',
  'autostart',
  'autorestart',
  'startsecs',
  'startretries',
  'exitcodes',
  'stopsignal',
  'stopsignalNumber',
  'stopwaitsecs',
  'stopasgroup',
  'killasgroup',
  'oomScoreAdj',
  'oomScoreAdjRequired',
  'onOom',
  'survivors',
  'memoryMax',
  'memoryHigh',
  'fastDeathSecs',
  'restartDelayMax',
  'care',
  'duty',
]);

const sameFile = (change: ProcessChange, field: 'stdout' | 'stderr'): boolean => {
  const [before, after] = [change.before?.[field], change.after?.[field]];
  if (before?.kind === 'file' && after?.kind === 'file') return before.path === after.path;
  return before?.kind === after?.kind;
};

/** Who waits for a line must have heard what was written before. */
const samePattern = ({ before, after }: ProcessChange): boolean => {
  const [old, fresh] = [before?.duty.health?.check, after?.duty.health?.check];
  if (old?.kind !== 'log' || fresh?.kind !== 'log') return old?.kind !== 'log' && fresh?.kind !== 'log';
  return old.pattern === fresh.pattern;
};

const isLiveField = (change: ProcessChange, field: Field): boolean => {
  if (field === 'stdout' || field === 'stderr') return sameFile(change, field);
  return field === 'duty' ? samePattern(change) : LIVE.has(field);
};

/** Whether the process keeps its leader. */
export const isLive = (change: ProcessChange): boolean =>
  change.change === 'changed' && change.fields.every((field) => isLiveField(change, field));

/** Kind, socket and listener settings make another group of it. */
export const isOtherGroup = ({ fields }: GroupChange): boolean =>
  fields.some((field) => field === 'kind' || field === 'socket' || field === 'listener');

/** Where the key is not the field's name in snake case. */
const SPELLED: Readonly<Record<string, string>> = {
  stdout: 'stdout_logfile',
  stderr: 'stderr_logfile',
  stdoutCaptureMaxBytes: 'stdout_capture_maxbytes',
  stderrCaptureMaxBytes: 'stderr_capture_maxbytes',
  stdoutEvents: 'stdout_events_enabled',
  stderrEvents: 'stderr_events_enabled',
  stopsignalNumber: 'stopsignal',
  limits: 'group_memory_max, group_memory_high',
  notify: 'notify, watchdog',
  duty: 'type, depends_on, health or schedule',
  care: 'oom_restart, start_when, watches and further memory limits',
};

const spell = (field: string): string =>
  SPELLED[field] ?? field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const changed = (fields: readonly string[]): string => `${fields.map(spell).join(', ')} changed`;

const processStep = (change: ProcessChange): ApplyStep => {
  const { group, name, fields } = change;
  if (change.change === 'added') return { group, name, act: 'add', why: 'new in the config' };
  if (change.change === 'removed') return { group, name, act: 'remove', why: 'no longer in the config' };
  if (isLive(change)) return { group, name, act: 'live', why: changed(fields) };
  return { group, name, act: 'restart', why: changed(fields.filter((field) => !isLiveField(change, field))) };
};

const groupSteps = (change: GroupChange): readonly ApplyStep[] => {
  const group = change.name;
  if (isOtherGroup(change)) return [{ group, name: null, act: 'restart', why: changed(change.fields) }];
  const own: ApplyStep[] =
    change.fields.length > 0 || change.reordered
      ? [
          {
            group,
            name: null,
            act: 'live',
            why: changed(change.fields.length > 0 ? change.fields : ['order']),
          },
        ]
      : [];
  return [...own, ...change.processes.map(processStep)];
};

/** In the order in which they are done: removals, changes, additions. */
export const stepsOf = ({ added, removed, changed: changes }: PlanDiff): readonly ApplyStep[] => [
  ...removed.map(({ name }): ApplyStep => ({
    group: name,
    name: null,
    act: 'remove',
    why: 'no longer in the config',
  })),
  ...changes.flatMap(groupSteps),
  ...added.map(({ name }): ApplyStep => ({ group: name, name: null, act: 'add', why: 'new in the config' })),
];
