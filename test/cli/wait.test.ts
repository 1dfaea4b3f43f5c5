// Does `tsvisor wait` return when, and only when, what it waits for is so?

import { describe, expect, test } from 'vitest';
import type { State } from '../../src/model/state.ts';
import { STATUS } from '../api/sandbox.ts';
import { invoke } from './invoke.ts';
import { createProcess } from './screen.ts';

/** A process `x` that is in each state for one look. */
const living = (...states: readonly State[]) => {
  let look = 0;
  return () => {
    const state = states[Math.min(look, states.length - 1)] ?? 'UNKNOWN';
    look += 1;
    const processes = [createProcess({ group: 'x', name: 'x', state, description: 'WHY' })];
    return { ...STATUS, processes };
  };
};

describe('wait', () => {
  test.each([
    ['running', ['STARTING', 'STARTING', 'BACKOFF', 'RUNNING']],
    ['ready', ['STOPPED', 'RUNNING']],
    ['exited', ['RUNNING', 'STOPPING', 'STOPPED']],
    ['exited', ['RUNNING', 'EXITED']],
    ['exited', ['FATAL']],
  ] as const)('for %s goes through %j', async (goal, states) => {
    const { status, asked } = await invoke(['wait', 'x'], { ask: living(...states), options: { for: goal } });
    expect(status).toBe(0);
    expect(asked.length).toBeGreaterThanOrEqual(states.length);
  });

  test('for ready until the program has said so, where it is one that does', async () => {
    const looks = [false, false, true].map((ready) =>
      createProcess({ group: 'x', name: 'x', readiness: { ready, health: null, text: null } }),
    );
    let look = 0;
    const ask = () => ({ ...STATUS, processes: looks.slice(look, (look += 1)) });
    expect((await invoke(['wait', 'x'], { ask, options: { for: 'ready' } })).status).toBe(0);
    expect(look).toBe(3);
  });

  const looks = (...all: readonly Parameters<typeof createProcess>[0][]) => {
    let look = 0;
    return () => {
      const process = createProcess({ group: 'x', name: 'x', ...all[Math.min(look, all.length - 1)] });
      look += 1;
      return { ...STATUS, processes: [process] };
    };
  };
  const health = (found: 'unknown' | 'healthy') => ({
    readiness: { ready: null, health: found, text: null },
  });
  const duty = { type: 'oneshot', completed: false, nextRun: null } as const;

  test('for healthy until its checks say so, and not at all for one that has none', async () => {
    const options = { for: 'healthy' };
    const { status } = await invoke(['wait', 'x'], {
      ask: looks({ state: 'STARTING' }, health('unknown'), health('healthy')),
      options,
    });
    expect(status).toBe(0);
    const never = invoke(['wait', 'x'], { ask: looks({}), options });
    await expect(never).rejects.toThrow('cannot see x healthy: it has no health checks');
  });

  test('for completed until a oneshot has succeeded, and no longer when it has failed', async () => {
    const options = { for: 'completed' };
    const done = { state: 'EXITED', duty: { ...duty, completed: true } } as const;
    const ask = looks({ duty }, done);
    expect((await invoke(['wait', 'x'], { ask, options })).status).toBe(0);
    const failed = invoke(['wait', 'x'], { ask: looks({ duty }, { state: 'EXITED', duty }), options });
    await expect(failed).rejects.toThrow('cannot see x completed: it failed');
  });

  test('is for running where nothing else is said', async () => {
    expect((await invoke(['wait', 'x'], { ask: living('STARTING', 'RUNNING') })).status).toBe(0);
  });

  test('gives up at once on a process that nobody starts again, with 7', async () => {
    const waiting = invoke(['wait', 'x'], { ask: living('STARTING', 'FATAL') });
    await expect(waiting).rejects.toMatchObject({ code: 'NEVER', row: { exit: 7 } });
    await expect(waiting).rejects.toThrow('cannot see x running: FATAL, and nobody tries again (WHY)');
  });

  test('gives up when the time is over, with 124', async () => {
    const waiting = invoke(['wait', 'x'], { ask: living('STARTING'), options: { timeout: '0.2' } });
    await expect(waiting).rejects.toMatchObject({ code: 'NOT_IN_TIME', row: { exit: 124 } });
    await expect(waiting).rejects.toThrow('cannot see x running: not so after 0.2 s');
  });

  test('waits for nobody when a name is unknown', async () => {
    const { status, err } = await invoke(['wait', 'x', 'y:z']);
    expect(status).toBe(1);
    expect(err).toContain('y:z: no such process');
  });

  test.each([
    [{ for: 'ever' }, '--for ever'],
    [{ timeout: 'soon' }, '--timeout soon'],
    [{ timeout: '-1' }, '--timeout -1'],
  ])('refuses %j', async (options, words) => {
    await expect(invoke(['wait', 'x'], { options })).rejects.toThrow(`cannot use ${words}`);
  });
});
