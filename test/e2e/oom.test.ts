// The kernel kills for memory: is it known for what it was, and does `on_oom` decide?

import { describe, expect, test } from 'vitest';
import { canLimitMemory } from './abilities.ts';
import { lodge, type Lodging } from './lodging.ts';
import { until } from './wait.ts';
import { isAlive, kill, witnessed } from './witness.ts';

const EATER = { memory_max: '48MB', oom_score_adj: 300, stopwaitsecs: 1 };

/** A program whose child is killed for memory while its leader lives, and the leader's pid before that. */
const childEats = async (lodging: Lodging, onOom: string): Promise<number> => {
  lodging.write(lodging.program('app', 'eats-memory-in-a-child.sh', { ...EATER, on_oom: onOom }));
  await lodging.start();
  await lodging.reach('RUNNING', 'app');
  lodging.touch('eat');
  return lodging.diary('leader')[0] ?? 0;
};

describe.skipIf(!canLimitMemory)('where memory cgroups can be made: a leader that the kernel kills', () => {
  test('is judged `certain`, with limit and evidence in words, and starts again', async () => {
    const lodging = lodge();
    lodging.write(lodging.program('app', 'eats-memory.sh', EATER));
    await lodging.start();
    await lodging.reach('RUNNING', 'app');
    lodging.touch('eat');
    await until('a second life', () => lodging.diary('leader').length === 2);
    const { lastDeath, memoryMax } = await lodging.process('app');
    expect(memoryMax?.enforcedBy).toMatch(/memory/);
    expect(lastDeath).toMatchObject({
      exit: { code: null, signal: 'SIGKILL' },
      verdict: { oom: 'certain', cause: 'own-limit' },
    });
    expect(lastDeath?.verdict?.because).toMatch(/48 MB/);
    expect(lodging.journal()).toMatch(/app.*certain/);
  });

  test('is not taken for one that somebody else killed', async () => {
    const lodging = lodge();
    lodging.write(lodging.program('app', 'stays.sh', EATER));
    await lodging.start();
    await lodging.reach('RUNNING', 'app');
    kill(lodging.diary('leader')[0] ?? 0);
    await until('a second life', () => lodging.diary('leader').length === 2);
    expect((await lodging.process('app')).lastDeath?.verdict?.oom).toBe('no');
  });
});

describe.skipIf(!canLimitMemory)(
  'where memory cgroups can be made: a child that the kernel kills alone',
  () => {
    test('takes its program with it, which starts again (on_oom=restart)', async () => {
      const lodging = lodge();
      const leader = witnessed(await childEats(lodging, 'restart'));
      await until('a second life', () => lodging.diary('leader').length === 2);
      expect(isAlive(leader)).toBe(false);
      const { lastDeath } = await lodging.reachProcess('app', 'RUNNING');
      expect(lastDeath?.verdict?.oom).toBe('certain');
      expect(lastDeath?.verdict?.victim?.pid).not.toBe(leader.pid);
    });

    test('stops its program (on_oom=stop)', async () => {
      const lodging = lodge();
      const leader = witnessed(await childEats(lodging, 'stop'));
      await lodging.reachProcess('app', 'EXITED');
      expect(isAlive(leader)).toBe(false);
      expect(lodging.diary('leader')).toHaveLength(1);
    });

    test('is told and no more (on_oom=continue)', async () => {
      const lodging = lodge();
      const leader = witnessed(await childEats(lodging, 'continue'));
      await until('the words of the leader', () => lodging.read('tale') !== '');
      await until('the words of the journal', () => /app.*(memory|oom|OOM)/.test(lodging.journal()));
      expect(isAlive(leader)).toBe(true);
      expect(await lodging.process('app')).toMatchObject({ state: 'RUNNING', pid: leader.pid });
    });

    test('takes every program of its group with it (on_oom=restart-group)', async () => {
      const lodging = lodge();
      lodging.write(
        lodging.program('app', 'eats-memory-in-a-child.sh', EATER),
        lodging.program('mate', 'leaves-a-setsid-child.sh', { stopwaitsecs: 1 }),
        lodging.program('stranger', 'stays.sh'),
        '[group:team]\nprograms=app,mate\non_oom=restart-group\n',
      );
      await lodging.start();
      const before = await lodging.reach('RUNNING');
      const mate = witnessed(before.processes.find(({ name }) => name === 'mate')?.pid ?? 0);
      const [stray = 0] = await until(
        'the stray',
        () => lodging.diary('member').length > 0 && lodging.diary('member'),
      );
      const old = [mate, witnessed(stray)];
      lodging.touch('eat');
      await until('the mates gone', () => !old.some(isAlive));
      const after = await lodging.reach('RUNNING');
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
