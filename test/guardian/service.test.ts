// Does the guardian speak to a service manager as one that systemd believes, and can it be the main process from the beginning?

import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { until } from '../until.ts';
import { guardianBinary, noCompiler } from './binary.ts';
import { noPython, openManager } from './manager.ts';
import { childrenOf, isAlive, statusOf } from './traces.ts';
import { endWards, startGuardian } from './ward.ts';

vi.setConfig({ testTimeout: 60_000 });
afterEach(endWards);

describe.skipIf(noCompiler || noPython)(
  'under a service manager (needs a C compiler and python3), a guardian',
  () => {
    test('passes on what the supervisor wants said, from its own pid', async () => {
      const manager = await openManager();
      const { pid } = startGuardian(
        'printf "ready\\nnotify READY=1\\nnotify STA" >&3; echo "TUS=2 of 3 run" >&3; sleep 1000',
        { env: { NOTIFY_SOCKET: manager.socket } },
      );
      expect(await manager.hear(/^READY=1$/)).toMatchObject({ pid, text: 'READY=1' });
      expect(await manager.hear(/^STATUS=2/)).toMatchObject({ pid, text: 'STATUS=2 of 3 run' });
    });

    test('speaks to an abstract name too', async () => {
      const manager = await openManager(true);
      const { pid } = startGuardian('echo "notify READY=1" >&3; sleep 1000', {
        env: { NOTIFY_SOCKET: manager.socket },
      });
      expect(await manager.hear(/^READY=1$/)).toMatchObject({ pid });
    });

    test('tells the supervisor of the watchdog, and keeps the socket from it and from programs', async () => {
      const manager = await openManager();
      const { line } = startGuardian(
        'echo "past $past"; env | grep -E "NOTIFY_|WATCHDOG_"; echo end; sleep 1000',
        { env: { NOTIFY_SOCKET: manager.socket, WATCHDOG_USEC: '30000000' } },
      );
      expect(await line(/^past/)).toBe('past notify 30000000');
      expect((await line(/^(end|NOTIFY|WATCHDOG)/)).slice(0, 3)).toBe('end');
    });

    test('leaves the watchdog of another process alone', async () => {
      const manager = await openManager();
      const { line } = startGuardian('echo "past $past"; sleep 1000', {
        env: { NOTIFY_SOCKET: manager.socket, WATCHDOG_USEC: '30000000', WATCHDOG_PID: '1' },
      });
      expect(await line(/^past/)).toBe('past notify 0');
      expect(manager.heard).toEqual([]);
    });

    test('feeds the watchdog itself while there is no supervisor', async () => {
      const manager = await openManager();
      const { lines, child, ended } = startGuardian(
        'printf "ready\\nnotify READY=1\\n" >&3; echo life; exit 1',
        {
          env: { NOTIFY_SOCKET: manager.socket, WATCHDOG_USEC: '100000' },
        },
      );
      await until('five lives', () => lines.length >= 5, { within: 20_000 });
      // The sixth life is waited for 800 ms.
      const from = manager.heard.length;
      await until(
        'a fed watchdog',
        () => manager.heard.slice(from).filter(({ text }) => text === 'WATCHDOG=1').length > 3,
      );
      child.kill('SIGTERM');
      expect(await ended).toBe(0);
    });

    test('feeds no watchdog before READY=1, which would limit the time of the first start', async () => {
      const manager = await openManager();
      const { line, child, ended } = startGuardian(
        'sleep 0.5; echo "notify STATUS=late" >&3; echo up; sleep 1000',
        { env: { NOTIFY_SOCKET: manager.socket, WATCHDOG_USEC: '100000' } },
      );
      await line(/^up/);
      await manager.hear(/^STATUS=late$/);
      expect(manager.heard).toHaveLength(1);
      child.kill('SIGTERM');
      expect(await ended).toBe(0);
    });

    test('feeds the watchdog while a successor is coming up, until that one is ready', async () => {
      const manager = await openManager();
      const { line } = startGuardian(
        `[ "$life" = 1 ] && { printf "ready\\nnotify READY=1\\n" >&3; exit 1; }
         until [ -e "$GO" ]; do sleep 0.01; done; echo ready >&3; echo up; sleep 1000`,
        { env: { NOTIFY_SOCKET: manager.socket, WATCHDOG_USEC: '100000', GO: `${manager.folder}/go` } },
      );
      const isFed = (from: number): boolean =>
        manager.heard.slice(from).filter(({ text }) => text === 'WATCHDOG=1').length > 3;
      await until('a watchdog that is fed', () => isFed(0));
      const from = manager.heard.length;
      await until('a watchdog that is still fed', () => isFed(from));
      writeFileSync(`${manager.folder}/go`, '');
      expect(await line(/^up/)).toBe('up');
      await until(
        'a watchdog that is left to the supervisor',
        () => performance.now() - (manager.heard.at(-1)?.at ?? 0) > 500,
      );
    });

    test('kills a supervisor that hangs and everything below it when the watchdog says so, and ends', async () => {
      const manager = await openManager();
      const { line, child, ended, traces } = startGuardian('sleep 1000 & echo "up $$"; kill -STOP $$', {
        env: { NOTIFY_SOCKET: manager.socket, WATCHDOG_USEC: '5000000' },
      });
      const supervisor = Number((await line(/^up/)).slice(3));
      await until('a supervisor that hangs', () => statusOf(supervisor, 'State').startsWith('T'));
      child.kill('SIGABRT');
      expect(await ended).toBe(0);
      expect(traces.pids()).toEqual([]);
      expect(manager.heard.filter(({ text }) => text === 'WATCHDOG=1')).toEqual([]);
    });

    test('still waits in one system call without a time limit', async () => {
      const manager = await openManager();
      const { line, pid } = startGuardian('printf "ready\\nnotify READY=1\\n" >&3; echo up; sleep 1000', {
        env: { NOTIFY_SOCKET: manager.socket, WATCHDOG_USEC: '30000000' },
      });
      await line(/^up/);
      await manager.hear(/^READY=1$/);
      await until('the guardian asleep', () => statusOf(pid, 'State').startsWith('S'));
      const [, , , timeout, size] = readFileSync(`/proc/${pid}/syscall`, 'utf8').split(' ');
      expect([timeout, size]).toEqual(['0x0', '0x8']);
    });

    test('goes on when the service manager does not listen', async () => {
      const { line } = startGuardian(
        'echo "notify READY=1" >&3; echo "notify STATUS=x" >&3; echo up; sleep 1000',
        {
          env: { NOTIFY_SOCKET: '/no/such/socket' },
        },
      );
      expect(await line(/^up/)).toBe('up');
    });
  },
);

interface Begun {
  readonly pid: number;
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** `guardian begin -- /bin/sh -c SCRIPT`, to its end. */
const begin = (script: string): Promise<Begun> =>
  new Promise((settle) => {
    const child = spawn(guardianBinary(), ['begin', '--', '/bin/sh', '-c', script], { timeout: 20_000 });
    const said = { out: '', err: '' };
    child.stdout.on('data', (bytes: Buffer) => (said.out += bytes.toString()));
    child.stderr.on('data', (bytes: Buffer) => (said.err += bytes.toString()));
    child.once('close', (code) => settle({ pid: child.pid ?? 0, code, ...said }));
  });

describe.skipIf(noCompiler)('`guardian begin` (needs a C compiler)', () => {
  test('becomes the command that it is told, as the same process and with no child left', async () => {
    const { pid, code, out } = await begin(
      String.raw`echo "asked $TSVISOR_BEGIN"; printf '/bin/sh\0-c\0echo "is $$ $0 $TSVISOR_BEGIN"; exit 5\0a word\0' >&3`,
    );
    expect(out).toBe(`asked 1\nis ${pid} a word \n`);
    expect(code).toBe(5);
    expect(childrenOf(pid).filter(isAlive)).toEqual([]);
  });

  test('ends as the asked one does when that fails', async () => {
    expect(await begin(String.raw`printf '/bin/true\0' >&3; exit 2`)).toMatchObject({ code: 2, err: '' });
  });

  test.each([
    ['says nothing', 'exit 0', /cannot read the command of \/bin\/sh/],
    ['is killed', 'kill -9 $$', /cannot run \/bin\/sh/],
    ['names no program', String.raw`printf '/no/such\0' >&3`, /cannot run \/no\/such: errno 2/],
  ])('refuses when the asked one %s', async (_, script, words) => {
    const { code, err } = await begin(script);
    expect(code).toBe(125);
    expect(err).toMatch(words);
  });
});
