// Does `tsvisor restart --rolling` touch one process at a time, and stop at the first that does not come back?

import { describe, expect, test } from 'vitest';
import type { Command, ProcessStatus, Reply } from '../../src/model/command.ts';
import { STATUS } from '../api/sandbox.ts';
import { invoke } from './invoke.ts';
import { createProcess } from './screen.ts';

const NAMES = ['web-0', 'web-1', 'web-2'];

/** Three processes that need two looks after their restart before `back` is true of them. */
const play = (back: (name: string) => Partial<ProcessStatus>, before: Partial<ProcessStatus> = {}) => {
  const looksLeft = new Map<string, number>();
  const told: string[] = [];
  const now = (name: string): Partial<ProcessStatus> => {
    const left = looksLeft.get(name);
    if (left === undefined) return before;
    looksLeft.set(name, left - 1);
    if (left > 0) return { state: 'STARTING', readiness: before.readiness ?? null };
    told.push(`${name} is looked at`);
    return back(name);
  };
  const ask = (command: Command): Reply | undefined => {
    if (command.verb === 'status')
      return {
        ...STATUS,
        processes: NAMES.map((name) => createProcess({ group: 'web', name, ...now(name) })),
      };
    if (command.verb !== 'restart') return undefined;
    return command.names.map((full) => {
      const name = full.replace('web:', '');
      told.push(`${name} is restarted`);
      looksLeft.set(name, 2);
      return { process: { group: 'web', name }, ok: true, code: null, message: 'started' };
    });
  };
  return { ask, order: () => told.filter((line, at) => line !== told[at - 1] && line.endsWith('restarted')) };
};

const options = { rolling: true };

describe('a rolling restart', () => {
  test('restarts the next only when the one before is up', async () => {
    const { ask, order } = play(() => ({ state: 'RUNNING' }));
    const { status, out, asked } = await invoke(['restart', 'web:*'], { ask, options });
    expect([status, out]).toEqual([0, 'web:web-0: started\nweb:web-1: started\nweb:web-2: started']);
    expect(order()).toEqual(NAMES.map((name) => `${name} is restarted`));
    const orders = asked.flatMap((command, at) => (command.verb === 'restart' ? [at] : []));
    expect(orders.slice(1).map((at, index) => at - (orders[index] ?? 0))).toEqual([4, 4]);
    expect(asked.filter(({ verb }) => verb === 'restart')).toMatchObject(
      NAMES.map((name) => ({ names: [`web:${name}`], wait: true })),
    );
  });

  test('waits for the health checks of those that have some', async () => {
    const health = (found: 'unknown' | 'healthy') => ({
      readiness: { ready: null, health: found, text: null },
    });
    let looks = 0;
    const back = () => health((looks += 1) % 3 === 0 ? 'healthy' : 'unknown');
    const { ask } = play(back, health('healthy'));
    expect((await invoke(['restart', 'web:web-1'], { ask, options })).status).toBe(0);
    expect(looks).toBe(3);
  });

  test('ends at the first that does not come up', async () => {
    const { ask, order } = play((name) => ({ state: name === 'web-1' ? 'FATAL' : 'RUNNING' }));
    const outcome = await invoke(['restart', 'web:*'], { ask, options }).catch((error: unknown) => error);
    expect(outcome).toMatchObject({ code: 'NEVER' });
    expect(order()).toEqual(['web-0 is restarted', 'web-1 is restarted']);
  });

  test('waits no longer for one than it was told to', async () => {
    const { ask, order } = play(() => ({ state: 'STARTING' }));
    const late = invoke(['restart', 'all'], { ask, options: { ...options, timeout: '0.3' } });
    await expect(late).rejects.toMatchObject({ code: 'NOT_IN_TIME' });
    expect(order()).toEqual(['web-0 is restarted']);
  });

  test('restarts nothing when a name is unknown', async () => {
    const { ask, order } = play(() => ({}));
    const { status, err } = await invoke(['restart', 'web:*', 'wbe:*'], { ask, options });
    expect([status, order()]).toEqual([2, []]);
    expect(err).toContain('did you mean `web:*`?');
  });

  test.each([
    [[], options, '--rolling: it needs names'],
    [['all'], { ...options, wait: false }, '--no-wait: --rolling waits'],
  ])('refuses %j with %j', async (words, given, text) => {
    await expect(invoke(['restart', ...words], { options: given })).rejects.toThrow(text);
  });
});
