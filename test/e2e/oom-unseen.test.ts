// The kernel kills a program and somebody kills the supervisor before it could see that: does the next one tell?

import { expect, describe, test } from 'vitest';
import { canLimitMemory, canReadKernelLog } from './abilities.ts';
import { openSandbox } from './sandbox.ts';
import { until } from '../until.ts';
import { isAlive, kill, witnessed } from './processes.ts';

describe.skipIf(!canLimitMemory || !canReadKernelLog)('a kill that no supervisor saw', () => {
  test('is told by the next one: in status, in the log and as an incident', async () => {
    const sandbox = openSandbox();
    sandbox.write(
      sandbox.program('app', 'eats-memory.sh', { memory_max: '48MB' }),
      sandbox.program('calm', 'stays.sh'),
    );
    await sandbox.start();
    const before = (await sandbox.reach('RUNNING')).supervisor;
    const leader = witnessed((await sandbox.process('app')).pid);
    // It stands still and sees nothing.
    kill(before.pid, 'SIGSTOP');
    sandbox.touch('eat');
    await until('the kill', () => !isAlive(leader), { within: 20_000 });
    kill(before.pid);
    const { processes } = await sandbox.reachAfter(before.pid, 'RUNNING');
    const [app, calm] = processes;
    expect(app?.lastDeath).toMatchObject({
      exit: { code: null, signal: 'SIGKILL' },
      verdict: { oom: 'certain', cause: 'own-limit', victim: { pid: leader.pid } },
    });
    expect(calm?.lastDeath).toBeNull();
    expect(sandbox.journal()).toMatch(
      /oom: app \(certain\): killed by the kernel .* while no supervisor looked/,
    );
    const said = await sandbox.tsvisor(['oom', 'history']);
    expect(said.stdout).toMatch(
      /app \(leader, certain, own-limit\)[^]*while no supervisor looked[^]*restarted: pid/,
    );
    // Told once: a second one that is cut off has nothing to add.
    const second = (await sandbox.status()).supervisor.pid;
    kill(second);
    const after = await sandbox.reachAfter(second, 'RUNNING');
    expect(after.processes.map(({ lastDeath }) => lastDeath)).toEqual([null, null]);
  });
});
