// When is a process looked at, when is it well, and when is it not?

import { describe, expect, test } from 'vitest';
import { ConcurrencyLimit } from '../../src/health/concurrency-limit.ts';
import { Monitor, type RunCheck } from '../../src/health/monitor.ts';
import { healthAfter, UNKNOWN } from '../../src/health/health-state.ts';
import type { HealthPlan } from '../../src/model/duty.ts';
import { ManualClock } from '../kernel/manual-clock.ts';

const PLAN: HealthPlan = {
  check: { kind: 'tcp', host: '127.0.0.1', port: 1 },
  interval: 10,
  timeout: 5,
  retries: 3,
  success: 1,
  grace: 0,
  onUnhealthy: 'none',
};

const watch = (run: RunCheck, more: Partial<HealthPlan> = {}, limit = new ConcurrencyLimit(8)) => {
  const clock = new ManualClock();
  const told: string[] = [];
  const bugs: unknown[] = [];
  const monitor = new Monitor({
    plan: { ...PLAN, ...more },
    run,
    clock,
    limit,
    tell: ({ health }, failure) => told.push(`${health}${failure === null ? '' : `: ${failure}`}`),
    onBug: (bug) => bugs.push(bug),
  });
  return { clock, told, bugs, monitor };
};

/** Answers in turn, the last one for ever. */
const answers = (...all: (string | null)[]): RunCheck & { count: number } => {
  const run = async (): Promise<string | null> => {
    const answer = all[Math.min(run.count, all.length - 1)] ?? null;
    run.count += 1;
    return answer;
  };
  run.count = 0;
  return run;
};

describe('a monitored process', () => {
  test('is healthy after the passes, and unhealthy after the failures, that its plan asks for', async () => {
    const run = answers(null, null, 'a', 'b', null, 'c', 'd', 'e');
    const { clock, told } = watch(run, { success: 2 });
    await clock.advanceAsync(70_000);
    expect(told).toEqual([
      'unknown',
      'healthy',
      'healthy: a',
      'healthy: b',
      'healthy',
      'healthy: c',
      'healthy: d',
      'unhealthy: e',
    ]);
  });

  test('is looked at every second, without counting failures, as long as it is on its way up', async () => {
    const run = answers('x', 'x', 'x', 'x', null, 'y');
    const { clock, told } = watch(run, { grace: 30, retries: 1 });
    await clock.advanceAsync(4000);
    expect(told).toEqual(['unknown: x', 'unknown: x', 'unknown: x', 'unknown: x', 'healthy']);
    await clock.advanceAsync(9999);
    expect(run.count).toBe(5);
    await clock.advanceAsync(1);
    expect(told.at(-1)).toBe('unhealthy: y');
  });

  test('is unhealthy when its grace is over without a pass', async () => {
    const { clock, told } = watch(answers('x'), { grace: 2, interval: 1, retries: 2 });
    await clock.advanceAsync(3000);
    expect(told).toEqual(['unknown: x', 'unknown: x', 'unknown: x', 'unhealthy: x']);
  });

  test('fails a check that takes too long, and is not looked at again before that one has ended', async () => {
    const ends: (() => void)[] = [];
    let aborted = 0;
    const { clock, told } = watch((abort) => {
      abort.addEventListener('abort', () => (aborted += 1));
      return new Promise((resolve) => ends.push(() => resolve('late')));
    });
    await clock.advanceAsync(5000);
    expect([told, aborted, ends.length]).toEqual([['unknown: no answer within 5 s'], 1, 1]);
    await clock.advanceAsync(60_000);
    expect(ends).toHaveLength(1);
    ends[0]?.();
    await clock.advanceAsync(10_000);
    expect(ends).toHaveLength(2);
  });

  test('is looked at at once when there is reason to', async () => {
    const run = answers('not yet', null);
    const { clock, told, monitor } = watch(run);
    await clock.advanceAsync(1);
    monitor.hurry();
    await clock.advanceAsync(0);
    expect(told).toEqual(['unknown: not yet', 'healthy']);
  });

  test('leaves no timer and tells nothing when its life has ended', async () => {
    let end: () => void = () => undefined;
    const { clock, told, monitor } = watch(() => new Promise((resolve) => (end = () => resolve('late'))));
    await clock.advanceAsync(1);
    monitor.end();
    end();
    await clock.advanceAsync(60_000);
    expect([told, clock.armed]).toEqual([[], 0]);
  });

  test('waits its turn: no more checks at once than the limit allows', async () => {
    const limit = new ConcurrencyLimit(2);
    let [now, most] = [0, 0];
    const ends: (() => void)[] = [];
    const run: RunCheck = async () => {
      now += 1;
      most = Math.max(most, now);
      await new Promise<void>((resolve) => ends.push(resolve));
      now -= 1;
      return null;
    };
    const all = Array.from({ length: 5 }, () => watch(run, {}, limit));
    for (const { clock } of all) await clock.advanceAsync(0);
    for (let turn = 0; turn < 5; turn += 1) {
      ends.shift()?.();
      for (const { clock } of all) await clock.advanceAsync(0);
    }
    expect([most, all.filter(({ told }) => told.length === 1).length]).toEqual([2, 5]);
  });
});

test('a pass between two failures begins the count anew', () => {
  const failed = healthAfter(UNKNOWN, { failure: 'a', age: 0 }, PLAN);
  expect(failed.failures).toBe(1);
  expect(healthAfter(failed, { failure: null, age: 1 }, PLAN)).toEqual({
    health: 'healthy',
    failures: 0,
    passes: 1,
  });
});
