// Is everything ready that starts by itself, and what is not?

import { expect, test } from 'vitest';
import { readinessOf } from '../../src/core/status.ts';
import { PLAIN_DUTY, type Duty } from '../../src/model/duty.ts';
import type { ProcessPlan } from '../../src/model/plan.ts';
import { OK, settle } from './stage.ts';
import { group, supervise } from './world.ts';

const HEALTH: Duty['health'] = {
  check: { kind: 'tcp', host: '127.0.0.1', port: 1 },
  interval: 10,
  timeout: 5,
  retries: 3,
  success: 1,
  grace: 0,
  onUnhealthy: 'none',
};
const SCHEDULE: Duty['schedule'] = { cron: '@daily', timezone: null, overlap: 'skip', jitter: 0 };

const began = async (processes: Partial<ProcessPlan>[]) => {
  const world = supervise([
    group(
      'g',
      1,
      processes.map((one) => ({ startsecs: 0, ...one })),
    ),
  ]);
  world.supervisor.start();
  await settle();
  const told = (): readonly string[] => {
    const { waiting } = readinessOf(world.supervisor.processes, world.supervisor.mood);
    return waiting.map(({ name, why, final }) => `${name}: ${why}${final ? ', for good' : ''}`);
  };
  const of = (wanted: string) => world.supervisor.find({ group: 'g', name: wanted });
  return { ...world, told, of };
};

test('a plain program is ready when it is RUNNING; what does not start by itself is not waited for', async () => {
  const { told, clock } = await began([
    { name: 'slow', startsecs: 1 },
    { name: 'manual', autostart: false },
    { name: 'nightly', duty: { ...PLAIN_DUTY, type: 'oneshot', schedule: SCHEDULE } },
  ]);
  expect(told()).toEqual(['slow: it is STARTING']);
  clock.advance(1000);
  expect(told()).toEqual([]);
});

test('a program with checks is ready when they pass', async () => {
  const { told, of } = await began([{ name: 'web', duty: { ...PLAIN_DUTY, health: HEALTH } }]);
  expect(told()).toEqual(['web: not checked yet']);
  of('web')?.learn({ health: 'unhealthy', text: 'connection refused' });
  expect(told()).toEqual(['web: unhealthy: connection refused']);
  of('web')?.learn({ health: 'healthy', text: null });
  expect(told()).toEqual([]);
});

test('a oneshot is ready when it has completed, and never when it has failed for good', async () => {
  const oneshot = { startretries: 0, duty: { ...PLAIN_DUTY, type: 'oneshot' } } as const;
  const { told, die } = await began([
    { name: 'good', ...oneshot },
    { name: 'bad', ...oneshot },
  ]);
  expect(told()).toEqual(['good: it is RUNNING', 'bad: it is RUNNING']);
  die('good', OK);
  die('bad', { code: 2, signal: null });
  await settle();
  expect(told()).toEqual(['bad: it is FATAL (exit status 2, attempt 1), for good']);
});

test('nothing is ready while the supervisor ends', async () => {
  const { supervisor } = await began([]);
  expect(readinessOf(supervisor.processes, 'RUNNING').ready).toBe(true);
  expect(readinessOf(supervisor.processes, 'SHUTDOWN').ready).toBe(false);
});
