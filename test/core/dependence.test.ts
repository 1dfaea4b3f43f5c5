// Who waits for whom, until when, and who ends before whom?

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PLAIN_DUTY, type Condition, type Duty } from '../../src/model/duty.ts';
import type { ProcessPlan } from '../../src/model/plan.ts';
import { OK, settle } from './stage.ts';
import { group, supervise } from './world.ts';

const on = (name: string, condition: Condition | null = null, restart = false): { duty: Duty } => ({
  duty: { ...PLAIN_DUTY, dependsOn: [{ on: name, condition, restart }] },
});

const AT_ONCE = { startsecs: 0 } as const;
const ONESHOT: Partial<ProcessPlan> = { ...AT_ONCE, duty: { ...PLAIN_DUTY, type: 'oneshot' } };

const named = (world: ReturnType<typeof supervise>, name: string) => {
  const found = world.supervisor.processes.find(({ plan }) => plan.name === name);
  if (found === undefined) throw new Error(`no process ${name}`);
  return found;
};

const began = async (...parts: Parameters<typeof supervise>) => {
  const world = supervise(...parts);
  world.supervisor.start();
  await settle();
  return { ...world, of: (name: string) => named(world, name) };
};

describe('depends_on', () => {
  test('keeps a process waiting until the other is RUNNING, whatever the priorities say', async () => {
    const { of, clock, diary } = await began([
      group('front', 1, [{ name: 'web', ...on('db') }]),
      group('back', 999, [{ name: 'db', program: 'db', startsecs: 2 }]),
    ]);
    expect(diary).toEqual(['RUNNING', 'launch db']);
    expect(of('web').state).toBe('BACKOFF');
    expect(of('web').waitsFor()).toBe('waits for back:db to be ready: it is STARTING');
    clock.advance(2000);
    await settle();
    expect(diary).toEqual(['RUNNING', 'launch db', 'launch web']);
  });

  test('on started waits for a leader only', async () => {
    const { diary, of } = await began([
      group('g', 1, [
        { name: 'web', ...on('g:db', 'started') },
        { name: 'db', startsecs: 9 },
      ]),
    ]);
    expect(diary).toEqual(['RUNNING', 'launch db', 'launch web']);
    expect(of('db').state).toBe('STARTING');
  });

  test('waits for what a program says of itself, and for its health', async () => {
    const { diary, of } = await began([
      group('g', 1, [
        { name: 'db', ...AT_ONCE },
        { name: 'web', ...on('g:db', 'healthy') },
      ]),
    ]);
    expect(of('web').waitsFor()).toMatch(/^waits for g:db to be healthy: /);
    of('db').learn({ ready: false, health: 'healthy' });
    await settle();
    expect(of('web').waitsFor()).toBe('waits for g:db to be healthy: not ready, healthy');
    of('db').learn({ ready: true });
    await settle();
    expect(diary).toContain('launch web');
  });

  test('waits for a oneshot to succeed, and says when it has failed', async () => {
    const { diary, of, die, clock } = await began([
      group('g', 1, [
        { name: 'migrate', program: 'migrate', startretries: 1, ...ONESHOT },
        { name: 'web', ...on('migrate') },
      ]),
    ]);
    die('migrate', { code: 3, signal: null });
    await settle();
    clock.advance(1000);
    await settle();
    die('migrate', { code: 3, signal: null });
    await settle();
    expect(of('web').waitsFor()).toBe(
      'waits for g:migrate to complete: it is FATAL (exit status 3, attempt 2)',
    );
    of('migrate').feed({ name: 'start', automatic: false });
    await settle();
    die('migrate', OK);
    await settle();
    expect(diary.at(-1)).toBe('launch web');
  });

  test('holds for a restart too: who dies while the other is down waits for it', async () => {
    const { diary, of, die, supervisor } = await began([
      group('g', 1, [
        { name: 'db', ...AT_ONCE },
        { name: 'web', ...AT_ONCE, fastDeathSecs: 0, ...on('g:db') },
      ]),
    ]);
    await supervisor.order({ verb: 'stop', names: ['g:db'], wait: true });
    die('web', { code: 1, signal: null });
    await settle();
    expect(of('web').waitsFor()).toBe('waits for g:db to be ready: it is STOPPED');
    diary.length = 0;
    await supervisor.order({ verb: 'start', names: ['g:db'], wait: true });
    await settle();
    expect(diary).toEqual(['launch db', 'launch web']);
  });

  test('tells an operator who starts it that it waits', async () => {
    const { supervisor } = await began([
      group('g', 1, [
        { name: 'db', ...AT_ONCE, autostart: false },
        { name: 'web', autostart: false, ...on('g:db') },
      ]),
    ]);
    const [outcome] = await supervisor.order({ verb: 'start', names: ['g:web'], wait: true });
    expect(outcome).toMatchObject({ ok: true, message: 'waits for g:db to be ready: it is STOPPED' });
  });

  test('says so when the other is not active', async () => {
    const { of } = await began([group('g', 1, [{ name: 'web', ...on('gone') }])]);
    expect(of('web').waitsFor()).toBe('waits for gone, which is not active');
  });

  test('knows over a crash of the supervisor that a oneshot had completed', async () => {
    const { diary } = await began(
      [
        group('g', 1, [
          { name: 'migrate', ...ONESHOT },
          { name: 'web', ...on('g:migrate') },
        ]),
      ],
      new Map([
        ['g:migrate', 'EXITED'],
        ['g:web', 'RUNNING'],
      ]),
      { completed: new Set(['g:migrate']) },
    );
    expect(diary).toEqual(['RUNNING', 'launch web']);
  });
});

describe('a dependency with restart', () => {
  const chain = (restart: boolean) =>
    began([
      group('g', 1, [
        { name: 'db', program: 'db', startsecs: 2, autorestart: 'always' },
        { name: 'web', ...AT_ONCE, ...on('g:db', null, restart) },
        { name: 'proxy', ...AT_ONCE, ...on('g:web', null, restart) },
      ]),
    ]);
  const up = async ({ clock, diary }: Awaited<ReturnType<typeof began>>): Promise<void> => {
    clock.advance(2000);
    await settle();
    diary.length = 0;
  };

  test('restarts who asked for it, and who depends on them, once it can be used again', async () => {
    const world = await chain(true);
    await up(world);
    world.die('db', OK);
    await settle();
    expect(world.diary).toEqual(['launch db', 'SIGTERM web']);
    expect(world.of('web').waitsFor()).toBe('waits for g:db to be ready: it is STARTING');
    expect(world.of('proxy').state).toBe('RUNNING');
    world.clock.advance(2000);
    await settle();
    expect(world.diary.slice(2)).toEqual(['launch web', 'SIGTERM proxy', 'launch proxy']);
    expect(world.events.filter(({ type }) => type === 'renewed')).toEqual([
      { type: 'renewed', process: { group: 'g', name: 'web' }, because: 'g:db was started anew' },
      { type: 'renewed', process: { group: 'g', name: 'proxy' }, because: 'g:web was started anew' },
    ]);
    expect(world.bugs).toEqual([]);
  });

  test('restarts also what is just being launched', async () => {
    const world = await chain(true);
    await up(world);
    world.of('web').feed({ name: 'stop', reason: 'stop' });
    await settle();
    world.of('web').feed({ name: 'start', automatic: false });
    world.die('db', OK);
    expect(world.of('web').phase.name).toBe('launching');
    await world.supervisor.renew(world.of('web'), 'g:db was started anew');
    world.clock.advance(2000);
    await settle();
    expect(world.diary.filter((line) => line.endsWith(' web'))).toEqual([
      'SIGTERM web',
      'launch web',
      'SIGTERM web',
      'launch web',
    ]);
  });

  test('leaves alone who has not asked for it', async () => {
    const world = await chain(false);
    await up(world);
    world.die('db', OK);
    await settle();
    world.clock.advance(2000);
    await settle();
    expect(world.diary).toEqual(['launch db']);
  });

  test('begins nothing that an operator has stopped', async () => {
    const world = await chain(true);
    await up(world);
    world.of('web').feed({ name: 'stop', reason: 'stop' });
    await settle();
    world.die('db', OK);
    await settle();
    world.clock.advance(2000);
    await settle();
    expect(world.diary).toEqual(['SIGTERM web', 'launch db']);
    expect(world.of('web').state).toBe('STOPPED');
  });
});

describe('a shutdown', () => {
  test('ends those that depend on others first, whatever the priorities say', async () => {
    const { supervisor, diary } = await began([
      group('back', 999, [{ name: 'db', ...AT_ONCE }]),
      group('front', 1, [
        { name: 'web', ...AT_ONCE, ...on('back', 'started') },
        { name: 'proxy', ...AT_ONCE, ...on('front:web', 'started') },
      ]),
      group('other', 500, [{ name: 'cron', ...AT_ONCE }]),
    ]);
    await settle();
    diary.length = 0;
    await supervisor.rest('SHUTDOWN');
    expect(diary).toEqual(['SHUTDOWN', 'SIGTERM cron', 'SIGTERM proxy', 'SIGTERM web', 'SIGTERM db']);
  });

  test('keeps that order for any web of dependencies', async () => {
    const graph = fc.array(fc.tuple(fc.nat(9), fc.nat(6), fc.nat(6)), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(3), { minLength: 7, maxLength: 7 }), graph, async (levels, edges) => {
        // Only from a lower number to a higher one: no circles.
        const needs = (from: number): readonly number[] =>
          edges.flatMap(([, a, b]) => (a === from && b > from ? [b] : []));
        const groups = levels.map((priority, n) =>
          group(`g${n}`, priority, [
            {
              name: `p${n}`,
              ...AT_ONCE,
              duty: {
                ...PLAIN_DUTY,
                dependsOn: needs(n).map((to) => ({
                  on: `g${to}`,
                  condition: 'started' as const,
                  restart: false,
                })),
              },
            },
          ]),
        );
        const { supervisor, diary } = await began(groups);
        for (let turn = 0; turn < 8; turn += 1) await settle();
        diary.length = 0;
        await supervisor.rest('SHUTDOWN');
        expect(diary).toHaveLength(8);
        for (const [n] of levels.entries())
          for (const to of needs(n))
            expect(diary.indexOf(`SIGTERM p${n}`)).toBeLessThan(diary.indexOf(`SIGTERM p${to}`));
      }),
      { numRuns: 50 },
    );
  });
});
