// Is a program ready when it says so, and killed when it falls silent, whoever of its members speaks and whoever dies?

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { AS_PLAIN_USER, canBePlainUser, isRoot } from './abilities.ts';
import { openSandbox, type Sandbox } from './sandbox.ts';
import { until as waitUntil } from '../until.ts';
import { commandLine, environment, processesWith, kill } from './processes.ts';

/** Other tests share the machine. */
const until = <T>(what: string, look: () => T | Promise<T>): ReturnType<typeof waitUntil<T>> =>
  waitUntil(what, look, { within: 30_000, every: 20 });

const SAYS = fileURLToPath(new URL('../programs/says.pl', import.meta.url));
const hasSystemdNotify = spawnSync('systemd-notify', ['--version']).status === 0;

const section = (name: string, command: string, keys: Readonly<Record<string, string>> = {}): string =>
  Object.entries({ startsecs: 0, stdout_logfile: 'NONE', stderr_logfile: 'NONE', ...keys }).reduce(
    (text, [key, value]) => `${text}${key}=${value}\n`,
    `[program:${name}]\ncommand=${command}\n`,
  );

const says = (...words: readonly string[]): string =>
  `/usr/bin/perl ${SAYS} ${words.map((word) => `'${word}'`).join(' ')}`;

/** The gate is a file that the test makes. */
const afterGate = (sandbox: Sandbox, command: string): string =>
  `/bin/sh -c "while ! [ -e ${sandbox.path('gate')} ]; do sleep 0.05; done; ${command}"`;

const readiness = async (sandbox: Sandbox, name: string): Promise<unknown> =>
  (await sandbox.process(name)).readiness;

const serverOf = (sandbox: Sandbox): number | undefined =>
  sandbox.residents().find(({ pid }) => commandLine(pid).includes('guardian notify '))?.pid;

describe('notify', () => {
  test('a process is ready when a member says so, and wait returns then', async () => {
    const sandbox = openSandbox();
    const member = hasSystemdNotify ? 'systemd-notify --ready --status=serving' : '';
    const word = says('READY=1\\nSTATUS=serving');
    const orphans = `/bin/sh -c "${says('fork', 'sleep:0.1', 'READY=1', 'stay')}; sleep 1000"`;
    sandbox.write(
      section('app', afterGate(sandbox, `${member || word}; sleep 1000`), {
        notify: 'true',
        ...(isRoot ? { user: 'nobody' } : {}),
      }),
      section('orphan', orphans, { notify: 'true' }),
      section('reaped', orphans, { notify: 'true', containment: 'reap' }),
    );
    await sandbox.start();
    await sandbox.reach('RUNNING', 'app');
    expect(await readiness(sandbox, 'app')).toEqual({ ready: false, health: null, text: null });
    const waiting = sandbox.tsvisor(['wait', 'app', '--for', 'ready', '--timeout', '20']);
    sandbox.touch('gate');
    expect((await waiting).code).toBe(0);
    expect(await readiness(sandbox, 'app')).toEqual({ ready: true, health: null, text: 'serving' });
    expect((await sandbox.tsvisor(['status', 'app'])).stdout).toContain('ready: serving');
    expect(sandbox.journal()).toContain('INFO app: ready: serving');
    const both = await sandbox.tsvisor(['wait', 'orphan', 'reaped', '--for', 'ready', '--timeout', '20']);
    expect(both.code).toBe(0);
  });

  test.skipIf(!canBePlainUser)('works for a plain user, by a file in the runtime folder', async () => {
    const sandbox = openSandbox();
    const orphans = `/bin/sh -c "${says('fork', 'sleep:0.1', 'READY=1', 'stay')}; sleep 1000"`;
    sandbox.write(section('app', orphans, { notify: 'true' }));
    await sandbox.start({ through: AS_PLAIN_USER });
    const waiting = await sandbox.tsvisor(['wait', 'app', '--for', 'ready', '--timeout', '20']);
    expect(waiting.code).toBe(0);
    const { pid } = await sandbox.process('app');
    expect(environment(pid, 'NOTIFY_SOCKET')).toBe(sandbox.path('run/notify'));
    await sandbox.tsvisor(['stop']);
    expect(existsSync(sandbox.path('run/notify'))).toBe(false);
  });

  test('a stranger is not believed, nor is one program for another', async () => {
    const sandbox = openSandbox();
    sandbox.write(
      section('app', says('sleep:1000'), { notify: 'true' }),
      section('other', says('READY=1', 'STATUS=mine', 'stay'), { notify: 'true' }),
    );
    await sandbox.start();
    const { pid } = await sandbox.reachProcess('app', 'RUNNING');
    const address = environment(pid, 'NOTIFY_SOCKET') ?? '';
    const stranger = spawnSync('perl', [SAYS, 'READY=1', 'sleep:0.3'], {
      env: { ...process.env, NOTIFY_SOCKET: address },
    });
    expect(stranger.status).toBe(0);
    await until('the refusal', () =>
      /WARN notify: (refused a message of pid|cannot tell whose)/.test(sandbox.journal()),
    );
    await until('the other', async () => (await sandbox.process('other')).readiness?.text === 'mine');
    expect(await readiness(sandbox, 'app')).toEqual({ ready: false, health: null, text: null });
  });

  test('a program that falls silent is killed with its members and restarted, and its last death says why', async () => {
    const sandbox = openSandbox();
    const hangs = `/bin/sh -c "sleep 1000 & ${says('READY=1', 'WATCHDOG=1', 'stay')}"`;
    sandbox.write(section('app', hangs, { notify: 'true', watchdog: '1s', autorestart: 'true' }));
    await sandbox.start();
    const { pid } = await sandbox.reachProcess('app', 'RUNNING');
    expect(environment(pid, 'WATCHDOG_USEC')).toBe('1000000');
    expect(environment(pid, 'WATCHDOG_PID')).toBeNull();
    const status = await until('its next life', async () => {
      const now = await sandbox.process('app');
      return now.restarts > 0 && now.readiness?.ready === true && now;
    });
    expect(status.lastDeath).toMatchObject({ reason: 'watchdog', exit: { signal: 'SIGKILL' } });
    expect(sandbox.journal()).toContain('WARN watchdog: app: it has not said WATCHDOG=1 for 1 s');
  });

  test('is heard again after the server of the socket, or the supervisor, was killed', async () => {
    const sandbox = openSandbox();
    const word = says('READY=1', 'sleep:1', 'STATUS=later', 'stay');
    sandbox.write(section('app', word, { notify: 'true', autorestart: 'true' }));
    await sandbox.start();
    const first = await sandbox.reachProcess('app', 'RUNNING');
    await until('ready', async () => (await sandbox.process('app')).readiness?.ready === true);
    kill(serverOf(sandbox) ?? 0);
    await until('the server again', () => serverOf(sandbox));
    kill(first.pid);
    await until('its text', async () => {
      const { pid, readiness: told } = await sandbox.process('app');
      return pid !== first.pid && told?.text === 'later';
    });
    const { supervisor } = await sandbox.status();
    kill(supervisor.pid);
    await sandbox.reachAfter(supervisor.pid, 'RUNNING');
    await until('ready again', async () => (await sandbox.process('app')).readiness?.ready === true);
    expect(sandbox.journal()).toContain('WARN the server of the notify socket has died');
  });

  test('no server runs where nobody asks for it', async () => {
    const sandbox = openSandbox();
    sandbox.write(section('app', says('sleep:1000')));
    await sandbox.start();
    const { pid } = await sandbox.reachProcess('app', 'RUNNING');
    expect(environment(pid, 'NOTIFY_SOCKET')).toBeNull();
    expect(serverOf(sandbox)).toBeUndefined();
    expect(processesWith(sandbox.folder, 'TSVISOR_SANDBOX').length).toBeGreaterThan(0);
    expect((await sandbox.process('app')).readiness).toBeNull();
  });
});
