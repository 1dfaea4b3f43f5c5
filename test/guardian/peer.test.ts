// Does the guardian's binary tell who connected a socket?

import { spawnSync } from 'node:child_process';
import { connect, createServer, type Socket } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { guardianBinary, noCompiler } from './binary.ts';

const connection = async (): Promise<Socket> => {
  const folder = mkdtempSync(join(tmpdir(), 'tsvisor-test-'));
  const server = createServer();
  const accepted = new Promise<Socket>((resolve) => void server.once('connection', resolve));
  await new Promise<void>((resolve) => void server.listen(join(folder, 's'), resolve));
  const client = connect(join(folder, 's')).resume();
  const socket = await accepted;
  onTestFinished(() => {
    client.destroy();
    socket.destroy();
    server.close();
    rmSync(folder, { recursive: true });
  });
  return socket;
};

const fdOf = (socket: Socket): number => Number(Reflect.get(Reflect.get(socket, '_handle'), 'fd'));

describe.skipIf(noCompiler)('peer (needs a C compiler)', () => {
  test('names process, user and group, and leaves the socket as it is', async () => {
    const socket = await connection();
    const { stdout, status } = spawnSync(guardianBinary(), ['peer'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore', fdOf(socket)],
    });
    expect({ stdout, status }).toEqual({
      stdout: `${process.pid} ${process.getuid?.()} ${process.getgid?.()}\n`,
      status: 0,
    });
    socket.end('still writes');
    await new Promise((resolve) => void socket.once('finish', resolve));
  });

  test('refuses what is no socket', () => {
    const { status, stdout } = spawnSync(guardianBinary(), ['peer'], { encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 125, stdout: '' });
  });
});
