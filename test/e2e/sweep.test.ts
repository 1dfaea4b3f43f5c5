// Does a program's life end with all of its members, however they hide?

import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { AS_PLAIN_USER, canBePlainUser, canLeaveCgroup, canLimitOthers, limitFiles } from './abilities.ts';
import { openSandbox, type Sandbox, type RunOptions } from './sandbox.ts';
import { until } from '../until.ts';
import { isAlive, kill, witnessed, type Witnessed } from './processes.ts';

interface Life {
  readonly leader: Witnessed;
  readonly members: readonly Witnessed[];
}

/** Starts one program and returns its first life once leader and members have written themselves down. */
const live = async (
  sandbox: Sandbox,
  { members = 1, options = {} }: { members?: number; options?: RunOptions },
): Promise<Life> => {
  await sandbox.start(options);
  await sandbox.reach('RUNNING', 'app');
  const written = await until('the members', () => {
    const pids = sandbox.diary('member');
    return pids.length >= members ? pids : null;
  });
  const [leader = 0] = sandbox.diary('leader');
  return { leader: witnessed(leader), members: written.map(witnessed) };
};

const secondLife = (sandbox: Sandbox): Promise<number> =>
  until('a second life', () => sandbox.diary('leader')[1] ?? null, { within: 15_000 });

interface Way {
  readonly where: string;
  readonly containment: RegExp;
  readonly keys: Readonly<Record<string, string>>;
  readonly options: RunOptions;
  readonly isAble: boolean;
}

/** The promises hold whatever holds the members together. */
const WAYS: readonly Way[] = [
  {
    where: 'the best that this machine has',
    containment: /cgroup2|freezer|reap/,
    keys: {},
    options: {},
    isAble: true,
  },
  {
    where: 'containment=reap',
    containment: /reap/,
    keys: { containment: 'reap' },
    options: {},
    isAble: true,
  },
  {
    where: 'as a plain user',
    containment: /./,
    keys: {},
    options: { through: AS_PLAIN_USER },
    isAble: canBePlainUser,
  },
];

describe.each(WAYS)('a stop ($where)', ({ containment, keys, options, isAble }) => {
  test.skipIf(!isAble)('ends a child that ignores TERM after its leader has obeyed it', async () => {
    const sandbox = openSandbox();
    sandbox.write(sandbox.program('app', 'leads-a-child-that-ignores-term.sh', { stopwaitsecs: 1, ...keys }));
    const { leader, members } = await live(sandbox, { options });
    const said = await sandbox.tsvisor(['stop', 'app']);
    expect(said).toMatchObject({ code: 0 });
    expect([leader, ...members].filter(isAlive)).toEqual([]);
    const status = await sandbox.process('app');
    expect(status).toMatchObject({ state: 'STOPPED', pid: 0 });
    expect(status.containment).toMatch(containment);
  });

  test.skipIf(!isAble)('ends a leader that ignores TERM, after stopwaitsecs and not before', async () => {
    const sandbox = openSandbox();
    sandbox.write(sandbox.program('app', 'ignores-term.sh', { stopwaitsecs: 1, ...keys }));
    const { leader } = await live(sandbox, { members: 0, options });
    const begun = performance.now();
    await sandbox.tsvisor(['stop', 'app']);
    expect(performance.now() - begun).toBeGreaterThan(950);
    expect(isAlive(leader)).toBe(false);
  });

  test.skipIf(!isAble)('ends a grandchild that left session, parent and environment', async () => {
    const sandbox = openSandbox();
    sandbox.write(sandbox.program('app', 'leaves-a-setsid-child.sh', { stopwaitsecs: 1, ...keys }));
    const { members } = await live(sandbox, { options });
    // The leader, the one that left and its child: status counts them all.
    await until('all counted', async () => (await sandbox.process('app')).members === 3, { within: 15_000 });
    await sandbox.tsvisor(['stop', 'app']);
    expect(members.filter(isAlive)).toEqual([]);
  });
});

describe.each(WAYS)('a killed leader ($where)', ({ containment, keys, options, isAble }) => {
  test.skipIf(!isAble)(
    'leaves no grandchild that left session, parent and environment to its successor',
    async () => {
      const sandbox = openSandbox();
      sandbox.write(sandbox.program('app', 'leaves-a-setsid-child.sh', { stopwaitsecs: 1, ...keys }));
      const { leader, members } = await live(sandbox, { options });
      kill(leader.pid);
      await secondLife(sandbox);
      expect(members.filter(isAlive)).toEqual([]);
      const { lastDeath, containment: held } = await sandbox.process('app');
      expect(held).toMatch(containment);
      expect(lastDeath?.exit).toEqual({ code: null, signal: 'SIGKILL' });
      expect(lastDeath?.verdict?.oom).not.toBe('certain');
    },
  );

  test.skipIf(!isAble || !canLimitOthers)(
    'is swept and restarted when the supervisor can open files again, and no sooner',
    async () => {
      const sandbox = openSandbox();
      sandbox.write(sandbox.program('app', 'leaves-a-setsid-child.sh', { stopwaitsecs: 1, ...keys }));
      const { leader, members } = await live(sandbox, { options });
      const { supervisor } = await sandbox.status();
      limitFiles(supervisor.pid, 3);
      kill(leader.pid);
      await until('the leader reaped', () => !existsSync(`/proc/${leader.pid}`));
      limitFiles(supervisor.pid, 1000);
      await secondLife(sandbox);
      expect(members.filter(isAlive)).toEqual([]);
    },
  );

  test.skipIf(!isAble)('is restarted at once though a grandchild keeps its stdout open', async () => {
    const sandbox = openSandbox();
    sandbox.write(sandbox.program('app', 'keeps-stdout-open.sh', keys));
    const { leader, members } = await live(sandbox, { options });
    const killed = performance.now();
    kill(leader.pid);
    await secondLife(sandbox);
    expect(performance.now() - killed).toBeLessThan(900);
    expect(members.filter(isAlive)).toEqual([]);
    await until('the words of both lives', () => sandbox.read('app.log').split('says hello').length === 3);
  });

  test.skipIf(!isAble)('takes a member with it that forks as fast as it can', async () => {
    const sandbox = openSandbox();
    sandbox.write(sandbox.program('app', 'forks-as-fast-as-it-can.sh', { autorestart: 'false', ...keys }));
    const { leader } = await live(sandbox, { members: 0, options });
    const generation = (): number => Number(sandbox.read('hop'));
    await until('the hopper hopping', () => generation() > 20);
    kill(leader.pid);
    await sandbox.reach('EXITED', 'app');
    const last = generation();
    expect(sandbox.members()).toEqual([]);
    expect(last).toBeLessThan(20_000);
    await expect(until('another generation', () => generation() > last, { within: 300 })).rejects.toThrow(
      'not within',
    );
  });
});

test.skipIf(!canLeaveCgroup)('a member that moved to another cgroup meets no successor either', async () => {
  const sandbox = openSandbox();
  sandbox.write(sandbox.program('app', 'moves-to-another-cgroup.sh', { stopwaitsecs: 1 }));
  const { leader, members } = await live(sandbox, {});
  const placeOf = (pid: number): string => readFileSync(`/proc/${pid}/cgroup`, 'utf8');
  expect(members.map(({ pid }) => placeOf(pid)).join('')).not.toContain('tsvisor');
  expect(placeOf(leader.pid)).toContain('tsvisor');
  kill(leader.pid);
  await secondLife(sandbox);
  expect(members.filter(isAlive)).toEqual([]);
  await sandbox.reach('RUNNING', 'app');
  await sandbox.tsvisor(['stop', 'app']);
  expect(sandbox.members()).toEqual([]);
});
