// Does `tsvisor status --wait` return when everything is ready, and what does it say when that never comes?

import { describe, expect, test } from 'vitest';
import type { Command, ReadinessReply, Unready } from '../../src/model/command.ts';
import { STATUS } from '../api/sandbox.ts';
import { invoke } from './invoke.ts';
import { createProcess } from './screen.ts';

const unready = (name: string, more: Partial<Unready> = {}): Unready => ({
  group: name,
  name,
  why: 'it is STARTING',
  final: false,
  ...more,
});

/** One reply for each look, the last one for ever. */
const playing = (...looks: readonly (readonly Unready[])[]) => {
  let look = 0;
  return ({ verb }: Command): ReadinessReply | typeof STATUS | undefined => {
    if (verb === 'status') return { ...STATUS, processes: [createProcess({ group: 'web', name: 'web' })] };
    if (verb !== 'readiness') return undefined;
    const waiting = looks[Math.min(look, looks.length - 1)] ?? [];
    look += 1;
    return { ready: waiting.length === 0, waiting };
  };
};

describe('status --wait', () => {
  test('looks until nobody is waited for, then shows the status', async () => {
    const ask = playing([unready('web'), unready('db')], [unready('web')], [unready('web')], []);
    const { status, out, asked } = await invoke(['status'], { ask, options: { wait: true } });
    expect(status).toBe(0);
    expect(out).toContain('RUNNING');
    expect(asked.map(({ verb }) => verb)).toEqual([
      'readiness',
      'readiness',
      'readiness',
      'readiness',
      'status',
    ]);
  });

  test('waits for the named ones only', async () => {
    const ask = playing(
      [unready('web'), unready('slow')],
      [unready('web'), unready('slow')],
      [unready('slow')],
    );
    expect((await invoke(['status', 'web'], { ask, options: { wait: true } })).status).toBe(0);
  });

  test('gives up at once when one has failed for good, with 7', async () => {
    const why = 'it is FATAL (no such file)';
    const waiting = invoke(['status'], {
      ask: playing([unready('web', { why, final: true })]),
      options: { wait: true },
    });
    await expect(waiting).rejects.toMatchObject({ code: 'NEVER', row: { exit: 7 } });
    await expect(waiting).rejects.toThrow(`cannot see web ready: ${why}`);
  });

  test('gives up when the time is over, with 124', async () => {
    const options = { wait: true, timeout: '0.2' };
    const waiting = invoke(['status'], { ask: playing([unready('web')]), options });
    await expect(waiting).rejects.toMatchObject({ code: 'NOT_IN_TIME', row: { exit: 124 } });
  });
});

describe('the exit status of status', () => {
  const duty = { type: 'oneshot', completed: true, nextRun: null } as const;
  const of = async (more: Parameters<typeof createProcess>[0]): Promise<number> =>
    (await invoke(['status'], { ask: () => ({ ...STATUS, processes: [createProcess(more)] }) })).status;

  test('is 0 for a oneshot that has succeeded, and for one that waits for its time', async () => {
    expect(await of({ state: 'EXITED', duty })).toBe(0);
    expect(await of({ state: 'STOPPED', duty: { ...duty, completed: false, nextRun: 1_800_000_000 } })).toBe(
      0,
    );
  });

  test('is 3 for one that has failed', async () => {
    expect(await of({ state: 'EXITED', duty: { ...duty, completed: false } })).toBe(3);
    expect(await of({ state: 'FATAL', duty: { ...duty, completed: false, nextRun: 1_800_000_000 } })).toBe(3);
  });
});
