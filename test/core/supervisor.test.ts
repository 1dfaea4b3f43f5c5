// Are all processes of a plan started, ordered about and brought to rest in the promised order?

import { describe, expect, test } from 'vitest';
import { diffPlans } from '../../src/model/diff.ts';
import type { Death } from '../../src/model/phase.ts';
import type { GroupPlan, Plan } from '../../src/model/plan.ts';
import type { State } from '../../src/model/state.ts';
import { KILLED, OK, settle, verdict } from './stage.ts';
import { group, supervise } from './world.ts';
import { PLAIN_CARE } from '../model/process-plan.ts';

const ONE = [
  { name: 'a', startsecs: 0 },
  { name: 'b', startsecs: 0 },
  { name: 'manual', startsecs: 0, autostart: false },
];

describe('the supervisor', () => {
  test('starts groups by priority and leaves autostart=false alone', async () => {
    const { supervisor, diary } = supervise([
      group('late', 999, ONE),
      group('early', 1, [{ name: 'first', startsecs: 0 }]),
    ]);
    supervisor.start();
    await settle();
    expect(diary).toEqual(['RUNNING', 'launch first', 'launch a', 'launch b']);
  });

  test('remembers what an operator stopped and started before it was killed', async () => {
    const remembered = new Map<string, State>([
      ['g:a', 'STOPPED'],
      ['g:manual', 'STARTING'],
      ['g:b', 'FATAL'],
    ]);
    const { supervisor, diary } = supervise([group('g', 999, ONE)], remembered);
    supervisor.start();
    await settle();
    expect(diary).toEqual(['RUNNING', 'launch manual']);
    expect((await supervisor.status()).map(({ name, state }) => `${name} ${state}`)).toEqual([
      'a STOPPED',
      'b FATAL',
      'manual RUNNING',
    ]);
  });

  test('starts those that had been killed for memory unseen by their policy: at once, later, or not at all', async () => {
    const oomRestart = {
      delay: 7,
      maxDelay: 60,
      jitter: 0,
      most: null,
      window: 600,
      afterwards: 'stop',
    } as const;
    const death: Death = {
      leader: { pid: 9, startTick: 1 },
      exit: KILLED,
      lived: 60_000,
      at: 5,
      verdict: verdict('certain'),
    };
    const names = ['plain', 'stays', 'slow', 'untouched'];
    const groups = [
      group('g', 999, [
        { name: 'plain', startsecs: 0 },
        { name: 'stays', startsecs: 0, onOom: 'stop' },
        { name: 'slow', startsecs: 0, care: { ...PLAIN_CARE, oomRestart } },
        { name: 'untouched', startsecs: 0 },
      ]),
    ];
    const { supervisor, diary, clock, bugs } = supervise(
      groups,
      new Map(names.map((name) => [`g:${name}`, 'STARTING'])),
      { deaths: new Map(names.slice(0, 3).map((name) => [`g:${name}`, death])) },
    );
    supervisor.start();
    await settle();
    expect(diary).toEqual(['RUNNING', 'launch plain', 'launch untouched']);
    const status = await supervisor.status();
    expect(status.map(({ name, state, lastDeath }) => [name, state, lastDeath?.verdict?.oom])).toEqual([
      ['plain', 'RUNNING', 'certain'],
      ['slow', 'BACKOFF', 'certain'],
      ['stays', 'EXITED', 'certain'],
      ['untouched', 'RUNNING', undefined],
    ]);
    clock.advance(7000);
    await settle();
    expect(diary.at(-1)).toBe('launch slow');
    expect(bugs).toEqual([]);
  });

  test('brings groups to rest from the highest priority number down, each seen at rest before the next', async () => {
    const { supervisor, diary } = supervise([
      group('low', 1, [{ name: 'db', startsecs: 0 }]),
      group('high', 9, [{ name: 'web', startsecs: 0 }]),
    ]);
    supervisor.start();
    await settle();
    diary.length = 0;
    await supervisor.rest('SHUTDOWN');
    expect(diary).toEqual(['SHUTDOWN', 'SIGTERM web', 'SIGTERM db']);
    expect(() => supervisor.order({ verb: 'start', names: ['all'], wait: true })).toThrow(
      'tsvisor is stopping',
    );
  });

  test('answers start, stop and restart by name, with a refusal for each name that means nothing', async () => {
    const { supervisor } = supervise([group('g', 999, ONE), group('empty', 999, [])]);
    supervisor.start();
    await settle();
    const words = async (verb: 'start' | 'stop' | 'restart', names: string[]) =>
      (await supervisor.order({ verb, names, wait: true })).map(({ ok, code, message }) =>
        ok ? message : code,
      );
    expect(await words('start', ['g:a', 'g:manual', 'nobody', 'no:*'])).toEqual([
      'BAD_NAME',
      'BAD_GROUP',
      'ALREADY_STARTED',
      'started',
    ]);
    expect(await words('stop', ['g:*'])).toEqual(['stopped', 'stopped', 'stopped']);
    expect(await words('stop', ['g:a'])).toEqual(['NOT_RUNNING']);
    expect(await words('stop', ['empty:*'])).toEqual([]);
    expect(await words('restart', ['g:a'])).toEqual(['started']);
    expect(await words('restart', ['all'])).toEqual(['started', 'started', 'started']);
  });

  test('says of a start that fails what the launch said', async () => {
    const { supervisor, hands } = supervise([group('g', 999, [{ name: 'bad' }])]);
    hands.launch = async () => ({ error: "can't find command 'nope'", retry: true });
    const [outcome] = await supervisor.order({ verb: 'start', names: ['g:bad'], wait: true });
    expect(outcome).toMatchObject({
      ok: false,
      code: 'SPAWN_ERROR',
      message: "cannot start g:bad: can't find command 'nope'",
    });
  });

  test('restarts the whole group after an OOM kill when told so, and only what was up', async () => {
    const members = ONE.map((one) => ({ ...one, onOom: 'restart-group' as const }));
    const { supervisor, diary, die, ooms, bugs } = supervise([
      group('g', 999, members),
      group('other', 999, [{ name: 'x', startsecs: 0 }]),
    ]);
    supervisor.start();
    await settle();
    diary.length = 0;
    ooms.add('a');
    die('a', KILLED);
    await settle();
    await settle();
    expect(diary).toEqual(['SIGKILL b', 'launch a', 'launch b']);
    expect(bugs).toEqual([]);
  });

  test('only tells of a killed member with on_oom=continue, and restarts the process with on_oom=restart', async () => {
    const { supervisor, diary } = supervise([
      group('g', 999, [
        { name: 'a', startsecs: 0, onOom: 'continue' },
        { name: 'b', startsecs: 0 },
      ]),
    ]);
    supervisor.start();
    await settle();
    diary.length = 0;
    supervisor.memberKilled({ group: 'g', name: 'a' }, verdict('certain'));
    supervisor.memberKilled({ group: 'g', name: 'b' }, verdict('certain'));
    await settle();
    expect(diary).toEqual(['SIGKILL b', 'launch b']);
  });

  test('tells the state of a process in the words of supervisord', async () => {
    const { supervisor, clock, die } = supervise([group('g', 999, [{ name: 'a', startsecs: 0 }])]);
    expect((await supervisor.status())[0]?.description).toBe('Not started');
    supervisor.start();
    await settle();
    clock.advance(65_000);
    expect((await supervisor.status())[0]?.description).toBe('pid 1000, uptime 0:01:05');
    die('a', OK);
    await settle();
    expect((await supervisor.status())[0]?.description).toMatch(/^[A-Z][a-z]{2} \d\d \d\d:\d\d [AP]M$/);
  });
});

describe('a changed plan', () => {
  const change = (before: GroupPlan, after: GroupPlan) => {
    const [found] = diffPlans(
      { groups: [before], supervisor: {} } as unknown as Plan,
      { groups: [after], supervisor: {} } as unknown as Plan,
    ).changed;
    if (found === undefined) throw new Error('nothing changed');
    return found;
  };

  test('restarts the changed member only, and leaves what was stopped stopped', async () => {
    const before = group('g', 999, ONE);
    const { supervisor, diary, bugs } = supervise([before]);
    supervisor.start();
    await settle();
    diary.length = 0;
    const after = group(
      'g',
      999,
      ONE.map((one) => (one.name === 'b' ? one : { ...one, command: '/bin/new' })),
    );
    expect(await supervisor.changeGroup(change(before, after))).toEqual([]);
    await settle();
    expect(diary).toEqual(['SIGTERM a', 'launch a']);
    expect(supervisor.processes.map(({ plan: { name, command } }) => `${name} ${command}`)).toEqual([
      'a /bin/new',
      'b /bin/app',
      'manual /bin/new',
    ]);
    expect(bugs).toEqual([]);
  });

  test('changes what can live on without touching the leader', async () => {
    const before = group('g', 999, ONE);
    const { supervisor, diary } = supervise([before]);
    supervisor.start();
    await settle();
    diary.length = 0;
    await supervisor.changeGroup(
      change(
        before,
        group(
          'g',
          999,
          ONE.map((one) => ({ ...one, stopwaitsecs: 99 })),
        ),
      ),
    );
    expect(diary).toEqual([]);
    expect(supervisor.processes[0]?.plan.stopwaitsecs).toBe(99);
  });

  test('adds a group once and removes it only at rest', async () => {
    const { supervisor, diary } = supervise([]);
    supervisor.addGroup(group('g', 999, ONE));
    expect(() => supervisor.addGroup(group('g', 999, ONE))).toThrow('already active');
    await settle();
    expect(diary).toEqual(['launch a', 'launch b']);
    await expect(supervisor.removeGroup('g')).rejects.toThrow('still running');
    await supervisor.retireGroup('g');
    expect(supervisor.processes).toEqual([]);
    await expect(supervisor.removeGroup('g')).rejects.toThrow('no such group');
  });
});
