// Does a socket file appear with the right mode, come back, and leave alone what is not ours?

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { MAX_SOCKET_PATH_BYTES } from '../../src/api/bind.ts';
import { createApi } from '../../src/api/server.ts';
import type { TsvisorError } from '../../src/model/errors.ts';
import { noLogs, openHouse, SELF, send, STATUS, temporaryFolder } from './sandbox.ts';

const modeOf = (path: string): number => lstatSync(path).mode & 0o777;

const healthy = async (path: string): Promise<boolean> =>
  (await send(path, { path: '/healthz' })).status === 200;

const refusalAt = async (path: string): Promise<TsvisorError> => {
  const api = createApi({
    ask: () => Promise.resolve(STATUS),
    self: SELF,
    follow: noLogs,
    bug: () => undefined,
  });
  onTestFinished(() => api.close());
  return api.listen({ path }).then(
    () => {
      throw new Error(`listens on ${path}, though it should not`);
    },
    (error: TsvisorError) => error,
  );
};

const listenPlainly = async (path: string, serve: (server: Server) => void): Promise<void> => {
  const server = createServer();
  serve(server);
  server.listen(path);
  await once(server, 'listening');
  onTestFinished(() => void server.close());
};

/** The file of a server that was killed. */
const leaveStaleSocket = async (path: string): Promise<void> => {
  const script = `require('net').createServer().listen(process.argv[1], () => console.log('up'))`;
  const child = spawn(process.execPath, ['-e', script, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(lstatSync(path).isSocket()).toBe(true);
};

describe('socket file', () => {
  test('is for its owner alone, from a folder made for its owner alone, whatever the umask', async () => {
    const before = process.umask(0);
    onTestFinished(() => void process.umask(before));
    const path = join(temporaryFolder(), 'made', 'tsvisor.sock');
    await openHouse({ path });
    expect(modeOf(path)).toBe(0o700);
    expect(modeOf(dirname(path))).toBe(0o700);
    expect(process.umask()).toBe(0);
  });

  test('has the mode that was asked for', async () => {
    const { path } = await openHouse({ mode: 0o770 });
    expect(modeOf(path)).toBe(0o770);
  });

  test.skipIf(process.getuid?.() !== 0)('has the owner that was asked for (root)', async () => {
    const { path } = await openHouse({ owner: { uid: 65_534, gid: 65_533 } });
    expect(lstatSync(path)).toMatchObject({ uid: 65_534, gid: 65_533 });
  });

  test('leaves nothing else in its folder', async () => {
    const { path } = await openHouse();
    expect(readdirSync(dirname(path))).toEqual(['tsvisor.sock']);
  });

  test('may have a path of 107 bytes, but not one more', async () => {
    const folder = temporaryFolder();
    const fits = join(folder, 'x'.repeat(MAX_SOCKET_PATH_BYTES - folder.length - 1));
    await openHouse({ path: fits });
    expect(await healthy(fits)).toBe(true);
    const refusal = await refusalAt(`${fits}y`);
    expect(refusal.code).toBe('SOCKET_PATH');
    expect(refusal.message).toContain('108 bytes');
    expect(readdirSync(folder)).toEqual([fits.slice(folder.length + 1)]);
  });

  test('replaces the stale file of a server that was killed', async () => {
    const path = join(temporaryFolder(), 'tsvisor.sock');
    await leaveStaleSocket(path);
    await openHouse({ path });
    expect(await healthy(path)).toBe(true);
  });

  test('is refused where another server answers, and that server keeps it', async () => {
    const { path } = await openHouse();
    const refusal = await refusalAt(path);
    expect(refusal.message).toContain('another server answers');
    expect(await healthy(path)).toBe(true);
  });

  test('is refused where a server accepts but answers nothing', async () => {
    const path = join(temporaryFolder(), 'tsvisor.sock');
    const sockets: { destroy(): void }[] = [];
    await listenPlainly(path, (server) => server.on('connection', (socket) => sockets.push(socket)));
    const refusal = await refusalAt(path);
    expect(refusal.message).toContain('answers nothing');
    expect(refusal.hint).toContain('hangs');
    expect(existsSync(path)).toBe(true);
    for (const socket of sockets) socket.destroy();
  });

  test.each([
    ['a file', (path: string) => writeFileSync(path, 'precious')],
    ['a folder', (path: string) => mkdirSync(path)],
  ])('never deletes %s that is in its place', async (_, make) => {
    const path = join(temporaryFolder(), 'tsvisor.sock');
    make(path);
    expect((await refusalAt(path)).message).toContain('no socket');
    expect(existsSync(path)).toBe(true);
  });

  test('is refused with the reason when its folder cannot be made', async () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    const refusal = await refusalAt(join(file, 'tsvisor.sock'));
    expect(refusal.code).toBe('SOCKET_PATH');
    expect(refusal.message).toMatch(/ENOTDIR|EEXIST/);
  });
});

describe('a socket file that somebody deletes', () => {
  test('is missed and comes back, with its mode', async () => {
    const { api, listener, path } = await openHouse({ mode: 0o750 });
    expect(listener.present()).toBe(true);
    expect(await api.restore()).toEqual([]);
    unlinkSync(path);
    expect(listener.present()).toBe(false);
    expect(await api.restore()).toEqual([]);
    expect(listener.present()).toBe(true);
    expect(modeOf(path)).toBe(0o750);
    expect(await healthy(path)).toBe(true);
  });

  test('comes back once, however often it is asked for meanwhile', async () => {
    const { listener, path } = await openHouse();
    unlinkSync(path);
    await Promise.all([listener.reopen(), listener.reopen(), listener.reopen()]);
    expect(readdirSync(dirname(path))).toEqual(['tsvisor.sock']);
    expect(await healthy(path)).toBe(true);
  });

  test('comes back without breaking a request that is under way', async () => {
    let release: (() => void) | undefined;
    const { listener, path } = await openHouse({
      ask: () =>
        new Promise((resolve) => {
          release = () => resolve([]);
        }),
    });
    const waiting = send(path, { method: 'POST', path: '/api/v1/stop', body: '{"names":["a"]}' });
    await expect.poll(() => release !== undefined).toBe(true);
    unlinkSync(path);
    await listener.reopen();
    release?.();
    expect((await waiting).status).toBe(200);
  });

  test('stays when the old server behind it closes', async () => {
    const { listener, path } = await openHouse();
    const idle = connect(path);
    await once(idle, 'connect');
    renameSync(path, `${path}.moved`);
    await listener.reopen();
    idle.destroy();
    await once(idle, 'close');
    expect(listener.present()).toBe(true);
    expect(await healthy(path)).toBe(true);
  });

  test('is told of when another server has taken its path', async () => {
    const { api, path } = await openHouse();
    unlinkSync(path);
    await openHouse({ path });
    const [failure] = await api.restore();
    expect(failure?.path).toBe(path);
    expect(String(failure?.error)).toContain('another server answers');
    expect(await healthy(path)).toBe(true);
  });
});

describe('closing', () => {
  test('removes its file and refuses connections', async () => {
    const { api, path } = await openHouse();
    await api.close();
    expect(existsSync(path)).toBe(false);
    await expect(send(path, { path: '/healthz' })).rejects.toThrow('ENOENT');
  });

  test("leaves another server's file alone", async () => {
    const first = await openHouse();
    unlinkSync(first.path);
    const second = await openHouse({ path: first.path });
    await first.api.close();
    expect(second.listener.present()).toBe(true);
    expect(await healthy(first.path)).toBe(true);
  });

  test('does not wait for a client that never ends its request', async () => {
    const { api, path } = await openHouse();
    const socket = connect(path);
    await once(socket, 'connect');
    socket.write('GET /healthz HTTP/1.1\r\n');
    socket.on('error', () => socket.destroy());
    await api.close();
    expect(existsSync(path)).toBe(false);
  });
});
