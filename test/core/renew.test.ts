// A polite restart that nobody asked for: is it one life after the other, and does the operator have the last word?

import { expect, test } from 'vitest';
import { Supervisor } from '../../src/core/supervisor.ts';
import type { Plan } from '../../src/model/plan.ts';
import { plan } from '../model/process-plan.ts';
import { KILLED, settle, Stage } from './stage.ts';

const running = async () => {
  const stage = new Stage();
  const groups = [{ name: 'ci', priority: 1, kind: 'group', processes: [plan({ startsecs: 0 })] }];
  const supervisor = new Supervisor({
    // Core reads nothing but the groups of a plan.
    plan: { groups } as unknown as Plan,
    hands: stage.hands,
    clock: stage.clock,
    remembered: new Map(),
    onBug: (bug) => stage.bugs.push(bug),
  });
  supervisor.start();
  await stage.launched();
  const [process] = supervisor.processes;
  if (process === undefined) throw new Error('cannot play: no process');
  return { stage, supervisor, process };
};

test('the leader gets its stop signal, and a new one comes when all members are gone', async () => {
  const { stage, supervisor, process } = await running();
  const renewed = supervisor.renew(process);
  expect(stage.signals).toEqual(['SIGTERM leader 100']);
  await stage.dies(KILLED);
  await renewed;
  expect(process.phase.name).toBe('launching');
  expect(stage.bugs).toEqual([]);
});

test('an operator’s stop on the way keeps it down', async () => {
  const { stage, supervisor, process } = await running();
  const renewed = supervisor.renew(process);
  process.feed({ name: 'stop', reason: 'stop' });
  await renewed;
  await stage.dies(KILLED);
  await settle();
  expect(process.phase.name).toBe('stopped');
});

test('what is being stopped already is not started again', async () => {
  const { stage, supervisor, process } = await running();
  process.feed({ name: 'stop', reason: 'stop' });
  await supervisor.renew(process);
  await stage.dies(KILLED);
  await settle();
  expect(process.phase.name).toBe('stopped');
});
