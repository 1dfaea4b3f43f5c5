import { beforeEach, describe, expect, test } from 'vitest';
import type { CgroupTier, Processes } from '../../src/kernel/port.ts';
import type { Containment, Reaper } from '../../src/spawn/containment.ts';
import { createSweeper, type Sweeper } from '../../src/spawn/sweep.ts';
import type { Identity } from '../../src/model/phase.ts';
import { FakeKernel, OURS } from '../kernel/fake.ts';
import { ManualClock, turn } from '../kernel/manual-clock.ts';

let kernel: FakeKernel;
let clock: ManualClock;
let sweeper: Sweeper;
let tier: CgroupTier;
let containment: Containment;

beforeEach(() => {
  kernel = new FakeKernel();
  clock = new ManualClock();
  sweeper = createSweeper({ processes: kernel.processes, clock, spare: new Set([OURS]) });
  tier = kernel.tier('x');
  containment = { kind: 'cgroup2', cgroup: tier.leaf('ci', 'app') };
});

const cgroup = () => tier.leaf('ci', 'app');

/** Lets turns of the event loop pass, and then timers, until the promise settles; fails after an hour of its time. */
const settle = async <T>(promise: Promise<T>): Promise<T> => {
  const state = { settled: false };
  const result = promise.finally(() => {
    state.settled = true;
  });
  const end = clock.now() + 3_600_000;
  while (!state.settled) {
    if (clock.now() > end) throw new Error('cannot see the end: an hour has passed');
    await turn();
    if (clock.next !== null) clock.advance(clock.next);
  }
  return result;
};

describe('a sweep of a cgroup', () => {
  test('is done at once, without a timer, when the members die at once', async () => {
    const one = kernel.spawn({ cgroup: cgroup() });
    kernel.spawn({ cgroup: cgroup() });
    const swept = await sweeper.sweep({ containment, leader: one }, null);
    expect(swept).toEqual({ killed: 2, took: 0, remaining: [] });
    expect(clock.armed).toBe(0);
  });

  test('names who survives SIGKILL after ten seconds, and no sooner', async () => {
    const stuck = kernel.spawn({ cgroup: cgroup(), deafTo: ['SIGKILL'] });
    kernel.spawn({ cgroup: cgroup() });
    const swept = await settle(sweeper.sweep({ containment, leader: null }, null));
    expect(swept).toMatchObject({ killed: 2, remaining: [stuck] });
    expect(swept.took).toBeGreaterThanOrEqual(10_000);
    expect(swept.took).toBeLessThan(10_100);
    expect(clock.armed).toBe(0);
  });

  test('kills a member that joins after the first kill', async () => {
    kernel.spawn({ cgroup: cgroup(), deafTo: ['SIGKILL'] });
    const stubborn = kernel.processes.all().at(-1);
    const sweep = sweeper.sweep({ containment, leader: null }, null);
    await turn();
    const late = kernel.spawn({ cgroup: cgroup() });
    clock.after(50, () => kernel.end(stubborn?.pid ?? 0));
    const swept = await settle(sweep);
    expect(swept).toMatchObject({ killed: 2, remaining: [] });
    expect(kernel.processes.alive(late)).toBe(false);
  });

  test('finds a member that moved to another cgroup once nobody of it is above, and no other orphan', async () => {
    const guardian = kernel.spawn({ ppid: 1 });
    const spare = new Set([process.pid, guardian.pid]);
    const under = createSweeper({ processes: kernel.processes, clock, spare });
    const orphan = (cookie: string): Identity =>
      kernel.spawn({ ppid: guardian.pid, environ: { TSVISOR_COOKIE: cookie } });
    const leader = kernel.spawn({ cgroup: cgroup() });
    const [moved, older] = [orphan('inst:ci:app:7'), orphan('inst:ci:app:6')];
    const [other, unmarked] = [orphan('inst:ci:app2:7'), kernel.spawn({ ppid: guardian.pid })];
    const swept = await settle(under.sweep({ containment, leader, cookie: 'inst:ci:app:7' }, null));
    expect(swept).toMatchObject({ killed: 3, remaining: [] });
    expect([moved, older].some((one) => kernel.processes.alive(one))).toBe(false);
    expect([other, unmarked, guardian].every((one) => kernel.processes.alive(one))).toBe(true);
  });

  test('is not over while nothing can be seen, not even ourselves, however long', async () => {
    const one = kernel.spawn({ cgroup: cgroup() });
    const real = cgroup();
    const sight = { lost: true };
    // As the real ones are without a descriptor left: what cannot be opened seems to be gone.
    const seen = {
      ...real,
      joinFiles: real.joinFiles,
      members: () => (sight.lost ? [] : real.members()),
      empty: () => sight.lost || real.empty(),
      kill: () => (sight.lost ? 0 : real.kill()),
    };
    const processes: Processes = {
      ...kernel.processes,
      row: (pid) => (sight.lost ? 'gone' : kernel.processes.row(pid)),
    };
    const told: string[] = [];
    const spare = new Set([OURS]);
    const blind = createSweeper({ processes, clock, spare, blind: () => told.push('blind') });
    let isDone = false;
    const sweep = blind.sweep({ containment: { kind: 'cgroup2', cgroup: seen }, leader: one }, null);
    void sweep.then(() => (isDone = true));
    for (let look = 0; look < 1000; look += 1) {
      await turn();
      if (clock.next !== null) clock.advance(clock.next);
    }
    expect(clock.now()).toBeGreaterThan(10_000);
    expect(isDone).toBe(false);
    expect(told).not.toEqual([]);
    sight.lost = false;
    expect(await settle(sweep)).toMatchObject({ killed: 1, remaining: [] });
    expect(kernel.processes.alive(one)).toBe(false);
  });

  test('asks each member once, those born later too, and kills nobody who obeys', async () => {
    const first = kernel.spawn({ cgroup: cgroup(), deafTo: ['SIGTERM'] });
    let second = 0;
    clock.after(30, () => {
      second = kernel.spawn({ cgroup: cgroup() }).pid;
    });
    clock.after(60, () => kernel.end(first.pid));
    const swept = await settle(sweeper.sweep({ containment, leader: null }, { signal: 'SIGTERM', ms: 5000 }));
    expect(swept).toMatchObject({ killed: 0, remaining: [] });
    expect(swept.took).toBeLessThan(100);
    expect(kernel.sent).toEqual([
      [first.pid, 'SIGTERM'],
      [second, 'SIGTERM'],
    ]);
  });

  test('kills at the end of the grace and not before', async () => {
    kernel.spawn({ cgroup: cgroup(), deafTo: ['SIGINT'] });
    const swept = await settle(sweeper.sweep({ containment, leader: null }, { signal: 'SIGINT', ms: 700 }));
    expect(swept.killed).toBe(1);
    expect(swept.took).toBeGreaterThanOrEqual(700);
    expect(swept.took).toBeLessThan(760);
  });

  test('resolves for the stuck when they are gone, looking once per second', async () => {
    const stuck = kernel.spawn({ cgroup: cgroup(), deafTo: ['SIGKILL'] });
    clock.after(5500, () => kernel.end(stuck.pid));
    const began = clock.now();
    await settle(sweeper.freed({ containment, leader: null }, [stuck]));
    expect(clock.now() - began).toBe(6000);
  });
});

describe('a sweep by scan', () => {
  const scan = (): Containment => ({ kind: 'scan', cookie: 'inst:ci:app:7' });
  const marked = (launch: number, name = 'app') => ({
    environ: { TSVISOR_COOKIE: `inst:ci:${name}:${launch}` },
    ppid: 1,
  });

  test('finds members by group, session, ancestry and cookie, and nobody else', async () => {
    const leader = kernel.spawn({});
    const inGroup = kernel.spawn({ ppid: 1, pgid: leader.pid, sid: 9 });
    const inSession = kernel.spawn({ ppid: 1, sid: leader.pid });
    const child = kernel.spawn({ ppid: leader.pid, sid: 8 });
    const grandchild = kernel.spawn({ ppid: child.pid, sid: 7 });
    const byCookie = kernel.spawn({ ...marked(7), sid: 6 });
    const byOlderCookie = kernel.spawn({ ...marked(6), sid: 5 });
    const ofOther = kernel.spawn({ ...marked(7, 'app2'), sid: 4 });
    const stranger = kernel.spawn({ ppid: 1, sid: 3 });
    const swept = await settle(sweeper.sweep({ containment: scan(), leader }, null));
    for (const one of [leader, inGroup, inSession, child, grandchild, byCookie, byOlderCookie])
      expect(kernel.processes.alive(one)).toBe(false);
    expect(kernel.processes.alive(ofOther)).toBe(true);
    expect(kernel.processes.alive(stranger)).toBe(true);
    expect(swept).toMatchObject({ killed: 7, remaining: [] });
  });

  test('follows the session of a member found by its cookie', async () => {
    const found = kernel.reuse(2000, marked(7));
    const led = kernel.spawn({ ppid: 1, sid: found.pid });
    await settle(sweeper.sweep({ containment: scan(), leader: null }, null));
    expect(kernel.processes.alive(led)).toBe(false);
  });

  test('leaves the group of a stranger alone whose leader got the pid of ours', async () => {
    const leader = kernel.spawn({});
    kernel.end(leader.pid);
    const stranger = kernel.reuse(leader.pid, { ppid: 1 });
    const his = kernel.spawn({ ppid: stranger.pid, pgid: stranger.pid, sid: stranger.pid });
    const swept = await settle(sweeper.sweep({ containment: scan(), leader }, null));
    expect(swept.killed).toBe(0);
    expect(kernel.processes.alive(stranger) && kernel.processes.alive(his)).toBe(true);
  });

  test('never touches ourselves, even in the group of a member', async () => {
    const leader = kernel.spawn({ pgid: OURS, sid: OURS });
    await settle(sweeper.sweep({ containment: scan(), leader }, null));
    expect(kernel.sent.filter(([pid]) => pid === OURS || pid === 1)).toEqual([]);
  });

  test('stops a member before it kills, so that it cannot fork on', async () => {
    const leader = kernel.spawn({});
    let forks = 0;
    kernel.beforeListing = () => {
      // As long as it runs, each listing is met by a new fork.
      const row = kernel.processes.row(leader.pid);
      if (row !== 'gone' && row.state === 'S' && forks < 100) kernel.spawn({ ppid: leader.pid });
      forks += 1;
    };
    const swept = await settle(sweeper.sweep({ containment: scan(), leader }, null));
    expect(swept.remaining).toEqual([]);
    expect(kernel.processes.all().map((row) => row.pid)).toEqual([1, OURS]);
    expect(kernel.sent[0]?.[1]).toBe('SIGSTOP');
  });

  test('counts a zombie that is not ours to reap as gone', async () => {
    const leader = kernel.spawn({});
    kernel.end(leader.pid, 'zombie');
    const swept = await settle(sweeper.sweep({ containment: scan(), leader }, null));
    expect(swept).toMatchObject({ killed: 0, remaining: [] });
  });
});

describe('a sweep through a reaper', () => {
  const play = (): { reaper: Reaper; empty: () => void } => {
    let empty: () => void = () => undefined;
    const emptied = new Promise<void>((resolve) => {
      empty = resolve;
    });
    const pid = kernel.spawn({ comm: 'guardian' }).pid;
    return { reaper: { pid, kill: () => undefined, emptied }, empty };
  };

  test('is done when the reaper has said so, and no sooner', async () => {
    const { reaper, empty } = play();
    let done = false;
    const sweep = sweeper
      .sweep({ containment: { kind: 'reap', reaper }, leader: null }, null)
      .finally(() => (done = true));
    clock.advance(5000);
    await turn();
    expect(done).toBe(false);
    empty();
    expect(await settle(sweep)).toMatchObject({ remaining: [] });
  });

  test('names the descendants that stay', async () => {
    const { reaper } = play();
    const stuck = kernel.spawn({ ppid: reaper.pid, deafTo: ['SIGKILL'] });
    const swept = await settle(sweeper.sweep({ containment: { kind: 'reap', reaper }, leader: null }, null));
    expect(swept).toMatchObject({ killed: 1, remaining: [stuck] });
  });

  test('goes on by cookie when the reaper itself was killed', async () => {
    const { reaper } = play();
    kernel.end(reaper.pid);
    const orphan = kernel.spawn({ ppid: 1, environ: { TSVISOR_COOKIE: 'inst:ci:app:1' } });
    const target = { containment: { kind: 'reap', reaper }, leader: null, cookie: 'inst:ci:app:' } as const;
    expect(await settle(sweeper.sweep(target, null))).toMatchObject({ killed: 1, remaining: [] });
    expect(kernel.processes.alive(orphan)).toBe(false);
  });
});
