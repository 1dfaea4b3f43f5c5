// Killed for memory: does the policy decide when it starts again, how often, and what comes then?

import { describe, expect, test } from 'vitest';
import { oomDelay } from '../../src/core/oom-restart.ts';
import type { OomRestart } from '../../src/model/memory-care.ts';
import { KILLED, Stage, verdict } from './stage.ts';
import { PLAIN_CARE } from '../model/process-plan.ts';

const policy = (more: Partial<OomRestart> = {}): OomRestart => ({
  delay: 2,
  maxDelay: 10,
  jitter: 0,
  most: null,
  window: 60,
  afterwards: 'stop',
  ...more,
});

const play = (more: Partial<OomRestart>, startsecs = 1) => {
  const stage = new Stage();
  return { stage, process: stage.process({ startsecs, care: { ...PLAIN_CARE, oomRestart: policy(more) } }) };
};

const OOM = verdict('certain');

describe('the delay', () => {
  test('doubles with each kill up to the most', () => {
    expect([1, 2, 3, 4, 99].map((kills) => oomDelay(policy(), kills, 0.5))).toEqual([2, 4, 8, 10, 10]);
  });

  test('is spread by the jitter, and never above the most', () => {
    const spread = policy({ jitter: 0.5 });
    expect([0, 0.5, 1].map((chance) => oomDelay(spread, 1, chance))).toEqual([1, 2, 3]);
    expect(oomDelay(spread, 99, 1)).toBe(10);
  });
});

describe('a process that was killed for memory', () => {
  test('starts again after its own delay, whatever its exit would have led to', async () => {
    const { stage, process } = play({});
    await stage.running(process);
    await stage.dies(KILLED, OOM);
    expect(process.phase).toMatchObject({ name: 'backoff', error: expect.stringContaining('oom_restart') });
    stage.clock.advance(1999);
    expect(process.phase.name).toBe('backoff');
    stage.clock.advance(1);
    expect(process.phase.name).toBe('launching');
    expect(stage.told).toMatch(/RUNNING>EXITED EXITED>BACKOFF BACKOFF>STARTING$/);
  });

  test('starts at once with a delay of 0', async () => {
    const { stage, process } = play({ delay: 0 });
    await stage.running(process);
    await stage.dies(KILLED, OOM);
    expect(process.phase.name).toBe('launching');
  });

  test('does not burn its startretries when it was not up yet', async () => {
    const { stage, process } = play({ delay: 1, maxDelay: 1 }, 5);
    process.feed({ name: 'start', automatic: false });
    for (let life = 0; life < 6; life += 1) {
      await stage.launched();
      await stage.dies(KILLED, OOM);
      expect(process.phase.name).toBe('backoff');
      stage.clock.advance(1000);
    }
    expect(process.history).toMatchObject({ failures: 0, restarts: 6 });
  });

  test('is given up after too many kills in the window, with the reason', async () => {
    const { stage, process } = play({ delay: 0, most: 1 });
    await stage.running(process);
    await stage.dies(KILLED, OOM);
    await stage.launched();
    stage.clock.advance(1000);
    await stage.dies(KILLED, OOM);
    expect(process.phase).toEqual({
      name: 'fatal',
      error: 'killed for memory 2 times in 60 s, and then=stop: the test says so',
    });
    expect(stage.told).toMatch(/EXITED>BACKOFF BACKOFF>FATAL$/);
  });

  test('goes on at the longest delay instead with then=keep-trying', async () => {
    const { stage, process } = play({ delay: 0, most: 0, afterwards: 'keep-trying' });
    await stage.running(process);
    await stage.dies(KILLED, OOM);
    expect(process.phase).toMatchObject({ name: 'backoff', until: stage.clock.now() + 10_000 });
  });

  test('is forgiven kills that lie before the window', async () => {
    const { stage, process } = play({ delay: 0, most: 1 });
    await stage.running(process);
    await stage.dies(KILLED, OOM);
    await stage.launched();
    stage.clock.advance(61_000);
    await stage.dies(KILLED, OOM);
    expect(process.phase.name).toBe('launching');
  });

  test('follows the usual delays when it was not memory', async () => {
    const { stage, process } = play({ delay: 9 });
    await stage.running(process);
    await stage.dies(KILLED, verdict('no'));
    expect(process.phase.name).toBe('launching');
  });
});
