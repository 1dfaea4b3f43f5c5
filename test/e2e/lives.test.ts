// Supervisor or guardian die at a bad moment: is there ever one process too many, or one too few?

import { describe, expect, test } from 'vitest';
import type { StatusReply } from '../../src/model/command.ts';
import { openSandbox, type Sandbox } from './sandbox.ts';
import { until } from '../until.ts';
import { isAlive, kill, witnessed, type Witnessed } from './processes.ts';

const many = (sandbox: Sandbox, count: number, program: string): readonly string[] =>
  Array.from({ length: count }, (_, index) => sandbox.program(`app-${index}`, program, { stopwaitsecs: 1 }));

/** Live leaders among those that wrote themselves down. */
const liveLeaders = (sandbox: Sandbox): readonly Witnessed[] =>
  sandbox.residents().filter(({ pid }) => sandbox.diary('leader').includes(pid));

const pidsOf = ({ processes }: StatusReply): readonly number[] =>
  processes.map(({ pid }) => pid).toSorted((a, b) => a - b);

const sorted = (witnesses: readonly Witnessed[]): readonly number[] =>
  witnesses.map(({ pid }) => pid).toSorted((a, b) => a - b);

const supervisorPid = async (sandbox: Sandbox): Promise<number> => (await sandbox.status()).supervisor.pid;

/** Six processes that live on without a guardian and without a supervisor. */
const leaveMembersAlone = async (): Promise<{ sandbox: Sandbox; old: readonly Witnessed[] }> => {
  const sandbox = openSandbox();
  sandbox.write(...many(sandbox, 3, 'leaves-a-setsid-child.sh'));
  await sandbox.start();
  const { supervisor } = await sandbox.reach('RUNNING');
  await until('the members', () => sandbox.diary('member').length === 3);
  const old = [...sandbox.diary('leader'), ...sandbox.diary('member')].map(witnessed);
  // The guardian first: it would sweep and start a new supervisor otherwise.
  kill(supervisor.guardian.pid);
  kill(supervisor.pid);
  await until('both gone', () => sandbox.daemons().length === 0);
  expect(old.filter(isAlive)).toHaveLength(6);
  return { sandbox, old };
};

describe('the supervisor is killed', () => {
  test('while it starts 40 programs: each runs once afterwards', async () => {
    const sandbox = openSandbox();
    sandbox.write(...many(sandbox, 40, 'stays.sh'));
    const starting = sandbox.tsvisor(['start']);
    await until('the first leaders', () => sandbox.diary('leader').length >= 5, { every: 1 });
    const supervisor = await until('the supervisor', () => sandbox.daemons()[0] ?? null, { every: 1 });
    kill(supervisor.pid);
    await starting;
    const reply = await sandbox.reachAfter(supervisor.pid, 'RUNNING');
    expect(reply.processes).toHaveLength(40);
    expect(sorted(liveLeaders(sandbox))).toEqual(pidsOf(reply));
    expect(sorted(sandbox.members())).toEqual(pidsOf(reply));
  });

  test('while it stops a program: nothing of it is left, and it runs or stays stopped, but once', async () => {
    const sandbox = openSandbox();
    sandbox.write(
      sandbox.program('slow', 'leads-a-child-that-ignores-term.sh', { stopwaitsecs: 4 }),
      sandbox.program('other', 'stays.sh'),
    );
    await sandbox.start();
    await sandbox.reach('RUNNING');
    const old = [...liveLeaders(sandbox), ...sandbox.diary('member').map(witnessed)];
    const supervisor = await supervisorPid(sandbox);
    const stopping = sandbox.tsvisor(['stop', 'slow']);
    await sandbox.reach('STOPPING', 'slow');
    kill(supervisor);
    await stopping;
    await until('the old ones gone', () => !old.some(isAlive));
    await sandbox.reach('RUNNING', 'other');
    const { state } = await sandbox.process('slow');
    expect(['STOPPED', 'RUNNING', 'STARTING']).toContain(state);
    expect(liveLeaders(sandbox).length).toBeLessThanOrEqual(2);
  });

  test('while `tsvisor stop` stops everything: everything is stopped all the same', async () => {
    const sandbox = openSandbox();
    sandbox.write(
      sandbox.program('slow', 'leads-a-child-that-ignores-term.sh', { stopwaitsecs: 4 }),
      sandbox.program('other', 'stays.sh'),
    );
    await sandbox.start();
    const { supervisor } = await sandbox.reach('RUNNING');
    const stopping = sandbox.tsvisor(['stop']);
    await sandbox.reach('STOPPING', 'slow');
    kill(supervisor.pid);
    expect(await stopping).toMatchObject({ code: 0 });
    expect(sandbox.residents()).toEqual([]);
    await sandbox.start();
  });

  test('and what an operator had stopped stays stopped', async () => {
    const sandbox = openSandbox();
    sandbox.write(...many(sandbox, 2, 'stays.sh'));
    await sandbox.start();
    await sandbox.reach('RUNNING');
    await sandbox.tsvisor(['stop', 'app-0']);
    const supervisor = await supervisorPid(sandbox);
    kill(supervisor);
    await sandbox.reach('RUNNING', 'app-1');
    expect(await supervisorPid(sandbox)).not.toBe(supervisor);
    expect(await sandbox.process('app-0')).toMatchObject({ state: 'STOPPED', pid: 0 });
    expect(liveLeaders(sandbox)).toHaveLength(1);
  });

  test('three times in a row: it comes back each time, under the same guardian', async () => {
    const sandbox = openSandbox();
    sandbox.write(...many(sandbox, 3, 'leaves-a-setsid-child.sh'));
    await sandbox.start();
    const first = await sandbox.reach('RUNNING');
    let last = first;
    for (const life of [2, 3, 4]) {
      kill(last.supervisor.pid);
      last = await sandbox.reachAfter(last.supervisor.pid, 'RUNNING');
      expect(last.supervisor.pastLife).toMatchObject({ life, exit: { signal: 'SIGKILL' } });
    }
    expect(last.supervisor.guardian.pid).toBe(first.supervisor.guardian.pid);
    expect(sorted(liveLeaders(sandbox))).toEqual(pidsOf(last));
    // One of an earlier life may have been killed before it wrote its line, and one too many would be seen here.
    await until('one living child of each, and no other', () => {
      const alive = new Set(sandbox.residents().map(({ pid }) => pid));
      return sandbox.diary('member').filter((pid) => alive.has(pid)).length === 3;
    });
  });
});

describe('the supervisor is killed again and again, and its guardian waits before the next one', () => {
  test('status names the guardian, stop ends it, and the next start is as any other', async () => {
    const sandbox = openSandbox();
    sandbox.write(...many(sandbox, 1, 'stays.sh'));
    await sandbox.start();
    const { supervisor } = await sandbox.reach('RUNNING');
    kill(supervisor.pid);
    let last = supervisor.pid;
    // After the seventh it waits 3.2 s.
    for (const life of [2, 3, 4, 5, 6, 7]) {
      const look = () => sandbox.daemons().find(({ pid }) => pid !== last) ?? null;
      last = (await until(`supervisor ${life}`, look, { every: 1 })).pid;
      kill(last);
    }
    const { guardian } = supervisor;
    const said = await sandbox.tsvisor(['status']);
    expect(said.code).toBe(4);
    expect(said.stderr).toContain(`the supervisor is down, and its guardian (pid ${guardian.pid})`);
    expect(await sandbox.tsvisor(['stop'])).toMatchObject({ code: 0 });
    expect(sandbox.residents()).toEqual([]);
    await sandbox.start();
    await sandbox.reach('RUNNING');
  });
});

describe('the guardian is killed', () => {
  test('the programs go on, the supervisor says so, and `restart` puts all under a new one', async () => {
    const sandbox = openSandbox();
    sandbox.write(...many(sandbox, 2, 'stays.sh'));
    await sandbox.start();
    const before = await sandbox.reach('RUNNING');
    kill(before.supervisor.guardian.pid);
    const lost = await until('the loss', async () => {
      const reply = await sandbox.status();
      return reply.supervisor.guardian.state === 'lost' ? reply : null;
    });
    expect(pidsOf(lost)).toEqual(pidsOf(before));
    expect(sorted(liveLeaders(sandbox))).toEqual(pidsOf(before));
    expect(lost.supervisor.notices.join('\n')).toMatch(/guardian/);

    expect(await sandbox.tsvisor(['restart'])).toMatchObject({ code: 0 });
    const after = await sandbox.reach('RUNNING');
    expect(after.supervisor.guardian.state).toBe('present');
    expect(after.supervisor.guardian.pid).not.toBe(before.supervisor.guardian.pid);
    expect(sorted(liveLeaders(sandbox))).toEqual(pidsOf(after));
  });

  test('and the supervisor with it: the next `start` leaves nothing old and starts each once', async () => {
    const { sandbox, old } = await leaveMembersAlone();
    await sandbox.start();
    expect(old.filter(isAlive)).toEqual([]);
    const after = await sandbox.reach('RUNNING');
    expect(sorted(liveLeaders(sandbox))).toEqual(pidsOf(after));
  });

  test('and the supervisor that would have hunted what both left, too: its successor does it', async () => {
    const { sandbox, old } = await leaveMembersAlone();
    const starting = sandbox.tsvisor(['start']);
    const second = await until('a second supervisor', () => sandbox.daemons()[0] ?? null, { every: 1 });
    kill(second.pid);
    await starting;
    const after = await sandbox.reachAfter(second.pid, 'RUNNING');
    expect(after.supervisor.pastLife).toMatchObject({ life: 2 });
    expect(old.filter(isAlive)).toEqual([]);
    expect(sorted(liveLeaders(sandbox))).toEqual(pidsOf(after));
  });
});

describe('a second `start` on a live tsvisor', () => {
  test('is refused, names pid, socket and config of the holder, and disturbs nothing', async () => {
    const sandbox = openSandbox();
    sandbox.write(...many(sandbox, 1, 'stays.sh'));
    await sandbox.start();
    const before = await sandbox.reach('RUNNING');
    const said = await sandbox.tsvisor(['start']);
    expect(said.code).not.toBe(0);
    for (const fact of [String(before.supervisor.pid), before.supervisor.socket, sandbox.config])
      expect(said.stderr).toContain(fact);
    expect(pidsOf(await sandbox.status())).toEqual(pidsOf(before));
  });

  test('twelve at once: one supervisor is up afterwards, and each program runs once', async () => {
    const sandbox = openSandbox();
    sandbox.write(...many(sandbox, 2, 'stays.sh'));
    const said = await Promise.all(Array.from({ length: 12 }, () => sandbox.tsvisor(['start'])));
    expect(said.filter(({ code }) => code === 0)).toHaveLength(1);
    const reply = await sandbox.reach('RUNNING');
    expect(sandbox.daemons()).toHaveLength(1);
    expect(sorted(liveLeaders(sandbox))).toEqual(pidsOf(reply));
  });
});
