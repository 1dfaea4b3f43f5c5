// Does a changed plan restart only what must be restarted?

import { describe, expect, test } from 'vitest';
import { stepsOf } from '../../src/core/replan.ts';
import { diffPlans } from '../../src/model/diff.ts';
import type { GroupPlan, Plan, ProcessPlan } from '../../src/model/plan.ts';
import { plan } from '../model/process-plan.ts';

const group = (
  name: string,
  processes: Partial<ProcessPlan>[],
  more: Partial<GroupPlan> = {},
): GroupPlan => ({
  name,
  priority: 999,
  kind: 'group',
  processes: processes.map((one) => plan({ group: name, ...one })),
  ...more,
});

// The diff reads nothing of the supervisor's settings but that they are data.
const whole = (groups: GroupPlan[]): Plan => ({ groups, supervisor: {} }) as unknown as Plan;
const steps = (before: GroupPlan[], after: GroupPlan[]): string[] =>
  stepsOf(diffPlans(whole(before), whole(after))).map(
    ({ group: of, name, act, why }) => `${act} ${name === null ? of : `${of}:${name}`}: ${why}`,
  );

describe('the steps of a changed plan', () => {
  test('are none when nothing changed', () => {
    expect(steps([group('g', [{ name: 'a' }])], [group('g', [{ name: 'a' }])])).toEqual([]);
  });

  test('name the key, in the words of the config, for which only one member restarts', () => {
    const before = [group('g', [{ name: 'a' }, { name: 'b' }])];
    const after = [group('g', [{ name: 'a', command: '/bin/other', redirectStderr: true }, { name: 'b' }])];
    expect(steps(before, after)).toEqual(['restart g:a: command, redirect_stderr changed']);
  });

  test('change scores, limits, restart policy and log limits without a restart', () => {
    const file = { kind: 'file', path: '/l', backups: 1 } as const;
    const before = [group('g', [{ name: 'a', stdout: { ...file, maxBytes: 1 } }])];
    const after = [
      group('g', [
        { name: 'a', stdout: { ...file, maxBytes: 2 }, memoryMax: 5, onOom: 'stop', startretries: 9 },
      ]),
    ];
    expect(steps(before, after)).toEqual([
      'live g:a: startretries, stdout_logfile, on_oom, memory_max changed',
    ]);
  });

  test('restart for a log that moves', () => {
    const to = (path: string) => [
      group('g', [{ name: 'a', stdout: { kind: 'file', path, maxBytes: 1, backups: 1 } }]),
    ];
    expect(steps(to('/a'), to('/b'))).toEqual(['restart g:a: stdout_logfile changed']);
  });

  test('remove, change and add, in this order', () => {
    const before = [group('old', [{ name: 'x' }]), group('g', [{ name: 'a' }, { name: 'b' }])];
    const after = [
      group('new', [{ name: 'y' }]),
      group('g', [{ name: 'a' }, { name: 'c' }], { priority: 1 }),
    ];
    expect(steps(before, after)).toEqual([
      'remove old: no longer in the config',
      'live g: priority changed',
      'remove g:b: no longer in the config',
      'add g:c: new in the config',
      'add new: new in the config',
    ]);
  });

  test('make another group of one whose kind changes', () => {
    expect(steps([group('g', [{ name: 'a' }])], [group('g', [{ name: 'a' }], { kind: 'program' })])).toEqual([
      'restart g: kind changed',
    ]);
  });
});
