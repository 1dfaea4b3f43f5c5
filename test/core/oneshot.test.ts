// What is success, what is failure, and what follows, for a program that does its work and ends?

import { describe, expect, test } from 'vitest';
import { PLAIN_DUTY } from '../../src/model/duty.ts';
import type { ProcessPlan } from '../../src/model/plan.ts';
import { OK, Stage } from './stage.ts';

const ONESHOT: Partial<ProcessPlan> = { startsecs: 0, duty: { ...PLAIN_DUTY, type: 'oneshot' } };
const FAILED = { code: 1, signal: null };

const begun = async (more: Partial<ProcessPlan> = {}) => {
  const stage = new Stage();
  const process = stage.process({ ...ONESHOT, ...more });
  await stage.running(process);
  return { stage, process };
};

describe('a oneshot', () => {
  test('that succeeds is EXITED and not started again', async () => {
    const { stage, process } = await begun();
    await stage.dies(OK);
    expect([process.state, process.past.completed]).toEqual(['EXITED', true]);
    expect(stage.told).toBe('STOPPED>STARTING STARTING>RUNNING RUNNING>EXITED');
  });

  test('that fails is tried again with growing delays, then FATAL with its exit status', async () => {
    const { stage, process } = await begun({ startretries: 2 });
    for (const delay of [1000, 2000]) {
      await stage.dies(FAILED);
      expect(process.state).toBe('BACKOFF');
      stage.clock.advance(delay);
      await stage.launched();
      expect(process.state).toBe('RUNNING');
    }
    await stage.dies(FAILED);
    expect(process.phase).toMatchObject({ name: 'fatal', error: 'exit status 1, attempt 3' });
    expect(process.past.completed).toBe(false);
    expect(stage.told).toMatch(/RUNNING>EXITED EXITED>BACKOFF BACKOFF>FATAL$/);
  });

  test('with autorestart=false is not tried again', async () => {
    const { stage, process } = await begun({ autorestart: 'never' });
    await stage.dies(FAILED);
    expect([process.state, process.past.completed]).toEqual(['EXITED', false]);
  });

  test('is not too quick, however short its life is', async () => {
    const { stage, process } = await begun({ startsecs: 0 });
    process.adopt({ ...process.plan, startsecs: 5 });
    await stage.dies(OK);
    expect(process.state).toBe('EXITED');
  });

  test('that an operator starts anew has all its attempts again', async () => {
    const { stage, process } = await begun({ startretries: 0 });
    await stage.dies(FAILED);
    expect(process.state).toBe('FATAL');
    process.feed({ name: 'start', automatic: false });
    await stage.launched();
    await stage.dies(OK);
    expect([process.state, process.past.completed]).toEqual(['EXITED', true]);
  });
});

describe('an unhealthy process', () => {
  test('is condemned: killed at once, with a verdict that says why, and started again', async () => {
    const stage = new Stage();
    const process = stage.process({ fastDeathSecs: 0 });
    await stage.running(process);
    stage.clock.advance(60_000);
    const because = 'unhealthy: 3 checks in a row failed: connection refused';
    const verdict = { oom: 'no', cause: 'tsvisor', because, victim: null, evidence: null } as const;
    process.feed({ name: 'condemn', reason: 'unhealthy', verdict });
    expect(stage.signals).toEqual(['SIGKILL leader 100']);
    await stage.ends({ code: null, signal: 'SIGKILL' });
    await stage.sweptEmpty();
    expect(process.past.lastDeath?.verdict?.because).toBe(because);
    expect(process.phase.name).toBe('launching');
  });
});
