// The kernel kills a program and somebody kills the supervisor before it could see that: does the next one tell?

import { expect, describe, test } from 'vitest';
import { canLimitMemory, canReadKernelLog } from './abilities.ts';
import { lodge } from './lodging.ts';
import { until } from './wait.ts';
import { isAlive, kill, witnessed } from './witness.ts';

describe.skipIf(!canLimitMemory || !canReadKernelLog)('a kill that no supervisor saw', () => {
  test('is told by the next one: in status, in the log and as an incident', async () => {
    const lodging = lodge();
    lodging.write(
      lodging.program('app', 'eats-memory.sh', { memory_max: '48MB' }),
      lodging.program('calm', 'stays.sh'),
    );
    await lodging.start();
    const before = (await lodging.reach('RUNNING')).supervisor;
    const leader = witnessed((await lodging.process('app')).pid);
    // It stands still and sees nothing.
    kill(before.pid, 'SIGSTOP');
    lodging.touch('eat');
    await until('the kill', () => !isAlive(leader), { within: 20_000 });
    kill(before.pid);
    const { processes } = await lodging.reachAfter(before.pid, 'RUNNING');
    const [app, calm] = processes;
    expect(app?.lastDeath).toMatchObject({
      exit: { code: null, signal: 'SIGKILL' },
      verdict: { oom: 'certain', cause: 'own-limit', victim: { pid: leader.pid } },
    });
    expect(calm?.lastDeath).toBeNull();
    expect(lodging.journal()).toMatch(
      /oom: app \(certain\): killed by the kernel .* while no supervisor looked/,
    );
    const said = await lodging.tsvisor(['oom', 'history']);
    expect(said.stdout).toMatch(
      /app \(leader, certain, own-limit\)[^]*while no supervisor looked[^]*restarted: pid/,
    );
    // Told once: a second one that is cut off has nothing to add.
    const second = (await lodging.status()).supervisor.pid;
    kill(second);
    const after = await lodging.reachAfter(second, 'RUNNING');
    expect(after.processes.map(({ lastDeath }) => lastDeath)).toEqual([null, null]);
  });
});
