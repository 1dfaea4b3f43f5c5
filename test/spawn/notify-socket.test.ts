// Are the guardian's lines about messages of programs read as they are meant, and is a server that is gone noticed?

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openNotifySocket, readNotifyDatagram } from '../../src/spawn/notify-socket.ts';
import { until } from '../until.ts';
import { guardianBinary, noCompiler } from '../guardian/binary.ts';

describe('a line', () => {
  test('tells of message and sender', () => {
    expect(readNotifyDatagram('12 1000 3 ci/app/deeper 12,10,9 READY=1\tSTATUS=a b')).toEqual({
      pid: 12,
      uid: 1000,
      lost: 3,
      cgroup: 'ci/app/deeper',
      ancestors: [12, 10, 9],
      lines: ['READY=1', 'STATUS=a b'],
    });
  });

  test('may know nothing of a sender that has ended', () => {
    expect(readNotifyDatagram('12 0 0 - - ')).toEqual({
      pid: 12,
      uid: 0,
      lost: 0,
      cgroup: null,
      ancestors: [],
      lines: [],
    });
  });

  test.each(['', 'listening', '12 0 0 -', 'x 0 0 - - READY=1'])('is none: %j', (line) => {
    expect(readNotifyDatagram(line)).toBeNull();
  });
});

const serverPid = (address: string): number =>
  Number(
    readdirSync('/proc').find((name) => {
      if (!/^\d+$/.test(name)) return false;
      try {
        return readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(`notify\0${address}\0`);
      } catch {
        return false;
      }
    }),
  );

describe.skipIf(noCompiler)('the socket (needs a C compiler)', () => {
  const openSandbox = (): string => {
    const folder = mkdtempSync(join(tmpdir(), 'tsvisor-test-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    return join(folder, 'notify');
  };

  test('is there until it is closed, with its file', async () => {
    const address = openSandbox();
    const heard: string[] = [];
    const deaths: string[] = [];
    const socket = await openNotifySocket({
      guardian: guardianBinary(),
      address,
      mark: '/none/',
      heard: ({ lines }) => heard.push(...lines),
      died: () => deaths.push('died'),
    });
    if (typeof socket === 'string') throw new Error(socket);
    const says = join(import.meta.dirname, '../programs/says.pl');
    const env = { ...process.env, NOTIFY_SOCKET: address };
    if (spawnSync('perl', [says, 'STATUS=grün ✓'], { env }).status === 0)
      await until('the message', () => heard.length > 0);
    expect(heard).toEqual(['STATUS=grün ✓'].slice(0, heard.length));
    socket.close();
    await until('it closed', () => !socket.isOpen);
    expect(spawnSync('ls', [address]).status).not.toBe(0);
    expect(deaths).toEqual([]);
  });

  test('tells when its server has died', async () => {
    const address = openSandbox();
    let deaths = 0;
    const socket = await openNotifySocket({
      guardian: guardianBinary(),
      address,
      mark: '/none/',
      heard: () => undefined,
      died: () => (deaths += 1),
    });
    if (typeof socket === 'string') throw new Error(socket);
    process.kill(serverPid(address), 'SIGKILL');
    await until('its death', () => deaths === 1);
    expect(socket.isOpen).toBe(false);
  });

  test('that cannot be had says why', async () => {
    const quiet = { mark: '/none/', heard: () => undefined, died: () => undefined };
    const guardian = guardianBinary();
    expect(await openNotifySocket({ ...quiet, guardian, address: '/nowhere/notify' })).toBe(
      'bind: no such file or directory',
    );
    expect(await openNotifySocket({ ...quiet, guardian: '/nowhere', address: '/x' })).toContain(
      'cannot be run',
    );
  });
});
