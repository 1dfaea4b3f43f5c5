// The supervisor is killed while its workers hold ports and locks: what is left, and what runs afterwards?

import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { hasSupervisord } from './abilities.ts';
import { openSandbox, type Sandbox } from './sandbox.ts';
import { until } from '../until.ts';
import { isAlive, kill, witnessed, type Witnessed } from './processes.ts';
import { freePort } from '../free-port.ts';

const EXAMPLE = fileURLToPath(new URL('../../examples/ci', import.meta.url));

interface Family {
  readonly leader: number;
  readonly child: number;
  readonly stray: number;
}

/** What the worker on `port` says of itself; null while nobody listens. */
const who = (port: number): Promise<Family | null> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('who\n'));
    socket.setTimeout(2000, () => socket.destroy());
    socket.on('data', (answer) => {
      resolve(JSON.parse(String(answer)));
      socket.destroy();
    });
    socket.on('error', () => resolve(null));
    socket.on('close', () => resolve(null));
  });

const bothWorkers = (ports: readonly number[]): Promise<readonly Family[]> =>
  until('both workers listening', async () => {
    const families = (await Promise.all(ports.map(who))).filter((family) => family !== null);
    return families.length === ports.length ? families : null;
  });

/** The example's config on free ports. Its keys of tsvisor are unknown to supervisord, which passes over them. */
const settle = async (sandbox: Sandbox): Promise<readonly number[]> => {
  cpSync(EXAMPLE, sandbox.folder, { recursive: true });
  const ports = [await freePort(), await freePort()];
  const text = readFileSync(sandbox.config, 'utf8')
    .replace('[supervisord]', '[supervisord]\nruntime_dir=%(here)s/run')
    .replace('app-1 7411', `app-1 ${ports[0]}`)
    .replace('app-2 7412', `app-2 ${ports[1]}`);
  writeFileSync(sandbox.config, text);
  return ports;
};

const identities = (families: readonly Family[]): readonly Witnessed[] =>
  families.flatMap(({ leader, child, stray }) => [leader, child, stray].map(witnessed));

const conflicts = (sandbox: Sandbox): readonly string[] =>
  ['logs/app-1.log', 'logs/app-2.log'].flatMap((name) =>
    sandbox
      .read(name)
      .split('\n')
      .filter((line) => line.includes('conflict')),
  );

describe('kill -9 of the supervisor while its workers hold a port and a lock', () => {
  test('leaves nothing of the old workers, and the new ones find port and lock free', async () => {
    const sandbox = openSandbox();
    const ports = await settle(sandbox);
    await sandbox.start();
    const old = identities(await bothWorkers(ports));
    const before = (await sandbox.reach('RUNNING')).supervisor;

    kill(before.pid);
    await until('the old workers gone', () => !old.some(isAlive), { within: 2000, every: 1 });
    const { supervisor, processes } = await sandbox.reachAfter(before.pid, 'RUNNING');
    const families = await bothWorkers(ports);

    expect(families.map(({ leader }) => leader)).toEqual(processes.map(({ pid }) => pid));
    expect(conflicts(sandbox)).toEqual([]);
    expect(supervisor.guardian).toMatchObject({ pid: before.guardian.pid, state: 'present' });
    expect(supervisor.pastLife).toMatchObject({ life: 2, exit: { code: null, signal: 'SIGKILL' } });
    expect(supervisor.pastLife?.killed).toBeGreaterThanOrEqual(old.length);
  });
});

describe.skipIf(!hasSupervisord)('the same under real supervisord (Debian package)', () => {
  test('leaves every old worker alive, and the new ones cannot start', async () => {
    const sandbox = openSandbox();
    const ports = await settle(sandbox);
    const begin = (): Promise<unknown> =>
      execa('supervisord', ['-c', sandbox.config], { cwd: sandbox.folder });
    const pid = (): number => Number(sandbox.read('logs/supervisor.pid'));
    await begin();
    const old = identities(await bothWorkers(ports));
    kill(await until('the pid file', () => pid() || null));
    await begin();
    await until('a conflict', () => conflicts(sandbox).length >= 2);

    expect(old.filter(isAlive)).toHaveLength(6);
    kill(pid(), 'SIGTERM');
    await until('the end of supervisord', () => !existsSync(sandbox.path('logs/supervisor.pid')));
    await sandbox.killAll();
  });
});
