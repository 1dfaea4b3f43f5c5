// Supervisor or guardian die at a bad moment: is there ever one process too many, or one too few?

import { describe, expect, test } from 'vitest';
import type { StatusReply } from '../../src/model/command.ts';
import { lodge, type Lodging } from './lodging.ts';
import { until } from './wait.ts';
import { isAlive, kill, witnessed, type Witnessed } from './witness.ts';

const many = (lodging: Lodging, count: number, program: string): readonly string[] =>
  Array.from({ length: count }, (_, index) => lodging.program(`app-${index}`, program, { stopwaitsecs: 1 }));

/** Live leaders among those that wrote themselves down. */
const liveLeaders = (lodging: Lodging): readonly Witnessed[] =>
  lodging.residents().filter(({ pid }) => lodging.diary('leader').includes(pid));

const pidsOf = ({ processes }: StatusReply): readonly number[] =>
  processes.map(({ pid }) => pid).toSorted((a, b) => a - b);

const sorted = (witnesses: readonly Witnessed[]): readonly number[] =>
  witnesses.map(({ pid }) => pid).toSorted((a, b) => a - b);

const supervisorPid = async (lodging: Lodging): Promise<number> => (await lodging.status()).supervisor.pid;

describe('the supervisor is killed', () => {
  test('while it starts 40 programs: each runs once afterwards', async () => {
    const lodging = lodge();
    lodging.write(...many(lodging, 40, 'stays.sh'));
    const starting = lodging.tsvisor(['start']);
    await until('the first leaders', () => lodging.diary('leader').length >= 5, { every: 1 });
    const supervisor = await until('the supervisor', () => lodging.daemons()[0] ?? null, { every: 1 });
    kill(supervisor.pid);
    await starting;
    const reply = await lodging.reachAfter(supervisor.pid, 'RUNNING');
    expect(reply.processes).toHaveLength(40);
    expect(sorted(liveLeaders(lodging))).toEqual(pidsOf(reply));
    expect(sorted(lodging.members())).toEqual(pidsOf(reply));
  });

  test('while it stops a program: nothing of it is left, and it runs or stays stopped, but once', async () => {
    const lodging = lodge();
    lodging.write(
      lodging.program('slow', 'leads-a-child-that-ignores-term.sh', { stopwaitsecs: 4 }),
      lodging.program('other', 'stays.sh'),
    );
    await lodging.start();
    await lodging.reach('RUNNING');
    const old = [...liveLeaders(lodging), ...lodging.diary('member').map(witnessed)];
    const supervisor = await supervisorPid(lodging);
    const stopping = lodging.tsvisor(['stop', 'slow']);
    await lodging.reach('STOPPING', 'slow');
    kill(supervisor);
    await stopping;
    await until('the old ones gone', () => !old.some(isAlive));
    await lodging.reach('RUNNING', 'other');
    const { state } = await lodging.process('slow');
    expect(['STOPPED', 'RUNNING', 'STARTING']).toContain(state);
    expect(liveLeaders(lodging).length).toBeLessThanOrEqual(2);
  });

  test('and what an operator had stopped stays stopped', async () => {
    const lodging = lodge();
    lodging.write(...many(lodging, 2, 'stays.sh'));
    await lodging.start();
    await lodging.reach('RUNNING');
    await lodging.tsvisor(['stop', 'app-0']);
    const supervisor = await supervisorPid(lodging);
    kill(supervisor);
    await lodging.reach('RUNNING', 'app-1');
    expect(await supervisorPid(lodging)).not.toBe(supervisor);
    expect(await lodging.process('app-0')).toMatchObject({ state: 'STOPPED', pid: 0 });
    expect(liveLeaders(lodging)).toHaveLength(1);
  });

  test('three times in a row: it comes back each time, under the same guardian', async () => {
    const lodging = lodge();
    lodging.write(...many(lodging, 3, 'leaves-a-setsid-child.sh'));
    await lodging.start();
    const first = await lodging.reach('RUNNING');
    let last = first;
    for (const life of [2, 3, 4]) {
      kill(last.supervisor.pid);
      last = await lodging.reachAfter(last.supervisor.pid, 'RUNNING');
      expect(last.supervisor.pastLife).toMatchObject({ life, exit: { signal: 'SIGKILL' } });
    }
    expect(last.supervisor.guardian.pid).toBe(first.supervisor.guardian.pid);
    expect(sorted(liveLeaders(lodging))).toEqual(pidsOf(last));
    // One of an earlier life may have been killed before it wrote its line, and one too many would be seen here.
    await until('one living child of each, and no other', () => {
      const alive = new Set(lodging.residents().map(({ pid }) => pid));
      return lodging.diary('member').filter((pid) => alive.has(pid)).length === 3;
    });
  });
});

describe('the guardian is killed', () => {
  test('the programs go on, the supervisor says so, and `restart` puts all under a new one', async () => {
    const lodging = lodge();
    lodging.write(...many(lodging, 2, 'stays.sh'));
    await lodging.start();
    const before = await lodging.reach('RUNNING');
    kill(before.supervisor.guardian.pid);
    const lost = await until('the loss', async () => {
      const reply = await lodging.status();
      return reply.supervisor.guardian.state === 'lost' ? reply : null;
    });
    expect(pidsOf(lost)).toEqual(pidsOf(before));
    expect(sorted(liveLeaders(lodging))).toEqual(pidsOf(before));
    expect(lost.supervisor.notices.join('\n')).toMatch(/guardian/);

    expect(await lodging.tsvisor(['restart'])).toMatchObject({ code: 0 });
    const after = await lodging.reach('RUNNING');
    expect(after.supervisor.guardian.state).toBe('present');
    expect(after.supervisor.guardian.pid).not.toBe(before.supervisor.guardian.pid);
    expect(sorted(liveLeaders(lodging))).toEqual(pidsOf(after));
  });

  test('and the supervisor with it: the next `start` leaves nothing old and starts each once', async () => {
    const lodging = lodge();
    lodging.write(...many(lodging, 3, 'leaves-a-setsid-child.sh'));
    await lodging.start();
    const before = await lodging.reach('RUNNING');
    await until('the members', () => lodging.diary('member').length === 3);
    const old = [...lodging.diary('leader'), ...lodging.diary('member')].map(witnessed);
    // The guardian first: it would sweep and start a new supervisor otherwise.
    kill(before.supervisor.guardian.pid);
    kill(before.supervisor.pid);
    await until('both gone', () => lodging.daemons().length === 0);
    expect(old.filter(isAlive)).toHaveLength(6);

    await lodging.start();
    expect(old.filter(isAlive)).toEqual([]);
    const after = await lodging.reach('RUNNING');
    expect(sorted(liveLeaders(lodging))).toEqual(pidsOf(after));
  });
});

describe('a second `start` on a live tsvisor', () => {
  test('is refused, names pid, socket and config of the holder, and disturbs nothing', async () => {
    const lodging = lodge();
    lodging.write(...many(lodging, 1, 'stays.sh'));
    await lodging.start();
    const before = await lodging.reach('RUNNING');
    const said = await lodging.tsvisor(['start']);
    expect(said.code).not.toBe(0);
    for (const fact of [String(before.supervisor.pid), before.supervisor.socket, lodging.config])
      expect(said.stderr).toContain(fact);
    expect(pidsOf(await lodging.status())).toEqual(pidsOf(before));
  });

  test('twelve at once: one supervisor is up afterwards, and each program runs once', async () => {
    const lodging = lodge();
    lodging.write(...many(lodging, 2, 'stays.sh'));
    const said = await Promise.all(Array.from({ length: 12 }, () => lodging.tsvisor(['start'])));
    expect(said.filter(({ code }) => code === 0)).toHaveLength(1);
    const reply = await lodging.reach('RUNNING');
    expect(lodging.daemons()).toHaveLength(1);
    expect(sorted(liveLeaders(lodging))).toEqual(pidsOf(reply));
  });
});
