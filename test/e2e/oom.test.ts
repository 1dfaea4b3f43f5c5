// The kernel kills for memory: is it known for what it was, and does `on_oom` decide?

import { describe, expect, test } from 'vitest';
import { canLimitMemory } from './abilities.ts';
import { openSandbox, type Sandbox } from './sandbox.ts';
import { until } from '../until.ts';
import { isAlive, kill, witnessed } from './processes.ts';

const EATER = { memory_max: '48MB', oom_score_adj: 300, stopwaitsecs: 1 };

/** A program whose child is killed for memory while its leader lives, and the leader's pid before that. */
const childEats = async (sandbox: Sandbox, onOom: string): Promise<number> => {
  sandbox.write(sandbox.program('app', 'eats-memory-in-a-child.sh', { ...EATER, on_oom: onOom }));
  await sandbox.start();
  await sandbox.reach('RUNNING', 'app');
  sandbox.touch('eat');
  return sandbox.diary('leader')[0] ?? 0;
};

describe.skipIf(!canLimitMemory)('where memory cgroups can be made: a leader that the kernel kills', () => {
  test('is judged `certain`, with limit and evidence in words, and starts again', async () => {
    const sandbox = openSandbox();
    sandbox.write(sandbox.program('app', 'eats-memory.sh', EATER));
    await sandbox.start();
    await sandbox.reach('RUNNING', 'app');
    sandbox.touch('eat');
    await until('a second life', () => sandbox.diary('leader').length === 2);
    const { lastDeath, memoryMax } = await sandbox.process('app');
    expect(memoryMax?.enforcedBy).toMatch(/memory/);
    expect(lastDeath).toMatchObject({
      exit: { code: null, signal: 'SIGKILL' },
      verdict: { oom: 'certain', cause: 'own-limit' },
    });
    expect(lastDeath?.verdict?.because).toMatch(/48 MB/);
    expect(sandbox.journal()).toMatch(/app.*certain/);
  });

  test('is not taken for one that somebody else killed', async () => {
    const sandbox = openSandbox();
    sandbox.write(sandbox.program('app', 'stays.sh', EATER));
    await sandbox.start();
    await sandbox.reach('RUNNING', 'app');
    kill(sandbox.diary('leader')[0] ?? 0);
    await until('a second life', () => sandbox.diary('leader').length === 2);
    expect((await sandbox.process('app')).lastDeath?.verdict?.oom).toBe('no');
  });
});

describe.skipIf(!canLimitMemory)(
  'where memory cgroups can be made: a child that the kernel kills alone',
  () => {
    test('takes its program with it, which starts again (on_oom=restart)', async () => {
      const sandbox = openSandbox();
      const leader = witnessed(await childEats(sandbox, 'restart'));
      await until('a second life', () => sandbox.diary('leader').length === 2);
      expect(isAlive(leader)).toBe(false);
      const { lastDeath } = await sandbox.reachProcess('app', 'RUNNING');
      expect(lastDeath?.verdict?.oom).toBe('certain');
      expect(lastDeath?.verdict?.victim?.pid).not.toBe(leader.pid);
    });

    test('stops its program (on_oom=stop)', async () => {
      const sandbox = openSandbox();
      const leader = witnessed(await childEats(sandbox, 'stop'));
      await sandbox.reachProcess('app', 'EXITED');
      expect(isAlive(leader)).toBe(false);
      expect(sandbox.diary('leader')).toHaveLength(1);
    });

    test('is told and no more (on_oom=continue)', async () => {
      const sandbox = openSandbox();
      const leader = witnessed(await childEats(sandbox, 'continue'));
      await until('the words of the leader', () => sandbox.read('tale') !== '');
      await until('the words of the journal', () => /app.*(memory|oom|OOM)/.test(sandbox.journal()));
      expect(isAlive(leader)).toBe(true);
      expect(await sandbox.process('app')).toMatchObject({ state: 'RUNNING', pid: leader.pid });
    });

    test('takes every program of its group with it (on_oom=restart-group)', async () => {
      const sandbox = openSandbox();
      sandbox.write(
        sandbox.program('app', 'eats-memory-in-a-child.sh', EATER),
        sandbox.program('mate', 'leaves-a-setsid-child.sh', { stopwaitsecs: 1 }),
        sandbox.program('stranger', 'stays.sh'),
        '[group:team]\nprograms=app,mate\non_oom=restart-group\n',
      );
      await sandbox.start();
      const before = await sandbox.reach('RUNNING');
      const mate = witnessed(before.processes.find(({ name }) => name === 'mate')?.pid ?? 0);
      const [stray = 0] = await until(
        'the stray',
        () => sandbox.diary('member').length > 0 && sandbox.diary('member'),
      );
      const old = [mate, witnessed(stray)];
      sandbox.touch('eat');
      await until('the mates gone', () => !old.some(isAlive));
      const after = await sandbox.reach('RUNNING');
      const pids = (name: string): readonly number[] =>
        [before, after].flatMap(({ processes }) =>
          processes.filter((each) => each.name === name).map(({ pid }) => pid),
        );
      expect(new Set(pids('stranger')).size).toBe(1);
      expect(new Set(pids('mate')).size).toBe(2);
      expect(new Set(pids('app')).size).toBe(2);
    });
  },
);
