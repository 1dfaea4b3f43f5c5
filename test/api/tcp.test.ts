// Who may come in through a TCP port, and what if it is taken?

import { createServer, type AddressInfo, type Server } from 'node:net';
import { request } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createApi, type Api, type PortRequest } from '../../src/api/server.ts';
import { TsvisorError } from '../../src/model/errors.ts';
import { noLogs, SELF, STATUS } from './sandbox.ts';
import { freePort } from '../free-port.ts';

const openApi = (): Api => {
  const api = createApi({ ask: async () => STATUS, self: SELF, follow: noLogs, bug: () => undefined });
  onTestFinished(() => api.close());
  return api;
};

/** A listener on a port that the system chose. */
const occupy = async (): Promise<{ server: Server; port: number }> => {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  // A server on TCP has an address with a port.
  return { server, port: (server.address() as AddressInfo).port };
};

const at = (port: number, more: Partial<PortRequest> = {}): PortRequest => ({
  host: '127.0.0.1',
  port,
  section: 'inet_http_server',
  insecure: false,
  ...more,
});

const statusOf = (port: number, auth?: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const sent = request(
      {
        host: '127.0.0.1',
        port,
        path: '/api/v1/status',
        agent: false,
        ...(auth === undefined ? {} : { auth }),
      },
      (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      },
    );
    sent.on('error', reject);
    sent.end();
  });

const refusalOf = (act: Promise<unknown>): Promise<string> =>
  act.then(
    () => 'none',
    (error: unknown) => (error instanceof TsvisorError ? error.code : String(error)),
  );

describe('a TCP server', () => {
  test.each(['127.0.0.1', 'localhost'])('needs no password on %s', async (host) => {
    const port = await freePort();
    await openApi().listenTcp(at(port, { host }));
    expect(await statusOf(port)).toBe(200);
  });

  test('lets in whoever has the password, and nobody else', async () => {
    const port = await freePort();
    await openApi().listenTcp(at(port, { host: '', credentials: { username: 'u', password: 'p' } }));
    expect(await statusOf(port)).toBe(401);
    expect(await statusOf(port, 'u:x')).toBe(401);
    expect(await statusOf(port, 'u:p')).toBe(200);
  });

  test('that anybody could reach stays closed, unless the config says so in so many words', async () => {
    const port = await freePort();
    const api = openApi();
    expect(await refusalOf(api.listenTcp(at(port, { host: '' })))).toBe('INSECURE_SERVER');
    expect(await refusalOf(statusOf(port))).toContain('ECONNREFUSED');
    await api.listenTcp(at(port, { host: '', insecure: true }));
    expect(await statusOf(port)).toBe(200);
  });

  test('whose port is taken is refused, tried again, and told of once', async () => {
    const { server, port } = await occupy();
    const api = openApi();
    expect(await refusalOf(api.listenTcp(at(port)))).toBe('SOCKET_PATH');
    expect(await api.restore()).toEqual([]);
    await new Promise<void>((resolve) => void server.close(() => resolve()));
    expect(await api.restore()).toEqual([]);
    expect(await statusOf(port)).toBe(200);
  });

  test('at an address that is not ours is refused', async () => {
    const refused = openApi().listenTcp(at(await freePort(), { host: '192.0.2.1', insecure: true }));
    expect(await refusalOf(refused)).toBe('SOCKET_PATH');
  });

  test('frees its port when it is closed', async () => {
    const port = await freePort();
    const listener = await openApi().listenTcp(at(port));
    await listener.close();
    expect(await refusalOf(statusOf(port))).toContain('ECONNREFUSED');
  });
});
