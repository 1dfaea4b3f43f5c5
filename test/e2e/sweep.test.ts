// Does a program's life end with all of its members, however they hide?

import { describe, expect, test } from 'vitest';
import { lodge, type Lodging } from './lodging.ts';
import { until } from './wait.ts';
import { isAlive, kill, witnessed, type Witnessed } from './witness.ts';

interface Life {
  readonly leader: Witnessed;
  readonly members: readonly Witnessed[];
}

/** Starts one program and returns its first life once leader and members have written themselves down. */
const live = async (lodging: Lodging, members = 1): Promise<Life> => {
  await lodging.start();
  await lodging.reach('RUNNING', 'app');
  const written = await until('the members', () => {
    const pids = lodging.diary('member');
    return pids.length >= members ? pids : null;
  });
  const [leader = 0] = lodging.diary('leader');
  return { leader: witnessed(leader), members: written.map(witnessed) };
};

const secondLife = (lodging: Lodging): Promise<number> =>
  until('a second life', () => lodging.diary('leader')[1] ?? null, { within: 15_000 });

describe('a stop', () => {
  test('ends a child that ignores TERM after its leader has obeyed it', async () => {
    const lodging = lodge();
    lodging.write(lodging.program('app', 'leads-a-child-that-ignores-term.sh', { stopwaitsecs: 1 }));
    const { leader, members } = await live(lodging);
    const said = await lodging.tsvisor(['stop', 'app']);
    expect(said).toMatchObject({ code: 0 });
    expect([leader, ...members].filter(isAlive)).toEqual([]);
    expect(await lodging.process('app')).toMatchObject({ state: 'STOPPED', pid: 0 });
  });

  test('ends a leader that ignores TERM, after stopwaitsecs and not before', async () => {
    const lodging = lodge();
    lodging.write(lodging.program('app', 'ignores-term.sh', { stopwaitsecs: 1 }));
    const { leader } = await live(lodging, 0);
    const begun = performance.now();
    await lodging.tsvisor(['stop', 'app']);
    expect(performance.now() - begun).toBeGreaterThan(950);
    expect(isAlive(leader)).toBe(false);
  });

  test('ends a grandchild that left session, parent and environment', async () => {
    const lodging = lodge();
    lodging.write(lodging.program('app', 'leaves-a-setsid-child.sh', { stopwaitsecs: 1 }));
    const { members } = await live(lodging);
    await lodging.tsvisor(['stop', 'app']);
    expect(members.filter(isAlive)).toEqual([]);
  });
});

describe('a killed leader', () => {
  test('leaves no grandchild that left session, parent and environment to its successor', async () => {
    const lodging = lodge();
    lodging.write(lodging.program('app', 'leaves-a-setsid-child.sh', { stopwaitsecs: 1 }));
    const { leader, members } = await live(lodging);
    kill(leader.pid);
    await secondLife(lodging);
    expect(members.filter(isAlive)).toEqual([]);
    const { lastDeath } = await lodging.process('app');
    expect(lastDeath?.exit).toEqual({ code: null, signal: 'SIGKILL' });
    expect(lastDeath?.verdict?.oom).not.toBe('certain');
  });

  test('is restarted at once though a grandchild keeps its stdout open', async () => {
    const lodging = lodge();
    lodging.write(lodging.program('app', 'keeps-stdout-open.sh'));
    const { leader, members } = await live(lodging);
    const killed = performance.now();
    kill(leader.pid);
    await secondLife(lodging);
    expect(performance.now() - killed).toBeLessThan(900);
    expect(members.filter(isAlive)).toEqual([]);
    await until('the words of both lives', () => lodging.read('app.log').split('says hello').length === 3);
  });

  test('takes a member with it that forks as fast as it can', async () => {
    const lodging = lodge();
    lodging.write(lodging.program('app', 'forks-as-fast-as-it-can.sh', { autorestart: 'false' }));
    const { leader } = await live(lodging, 0);
    const generation = (): number => Number(lodging.read('hop'));
    await until('the hopper hopping', () => generation() > 20);
    kill(leader.pid);
    await lodging.reach('EXITED', 'app');
    const last = generation();
    expect(lodging.members()).toEqual([]);
    expect(last).toBeLessThan(20_000);
    await expect(until('another generation', () => generation() > last, { within: 300 })).rejects.toThrow(
      'not within',
    );
  });
});
