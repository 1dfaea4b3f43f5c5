// Can the page of a stranger make a browser talk to us? Not by a name of his that points here, and not by a form of his.

import { request } from 'node:http';
import { hostname } from 'node:os';
import { describe, expect, onTestFinished, test } from 'vitest';
import { isForeign, takesHost } from '../../src/api/hosts.ts';
import { createApi, type PortRequest } from '../../src/api/server.ts';
import type { Command } from '../../src/model/command.ts';
import { noLogs, SELF, STATUS } from './sandbox.ts';
import { freePort } from '../free-port.ts';

describe('a server without a password', () => {
  const takes = takesHost(['Ops.Example', '']);

  test.each([
    undefined,
    'localhost:9001',
    'LOCALHOST',
    'localhost.:9001',
    'box.localhost',
    '127.0.0.1:9001',
    '10.1.2.3',
    '[::1]:9001',
    'ops.example:443',
    `${hostname()}:9001`,
  ])('answers to %s', (host) => {
    expect(takes(host)).toBe(true);
  });

  test.each([
    'evil.example:9001',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'notlocalhost',
    'sub.ops.example',
    '[::1]x:9001',
    '::ffff:evil',
  ])('does not answer to %s', (host) => {
    expect(takes(host)).toBe(false);
  });

  test('answers to any name where the config says so', () => {
    expect(takesHost(['*'])('evil.example')).toBe(true);
  });
});

describe('an order', () => {
  test.each([
    [{ 'sec-fetch-site': 'cross-site' }, true],
    [{ 'sec-fetch-site': 'same-site' }, true],
    [{ 'sec-fetch-site': 'same-origin', origin: 'http://a' }, false],
    [{ origin: 'http://evil.example', host: 'a:1' }, true],
    [{ origin: 'null', host: 'a:1' }, true],
    [{ origin: 'http://a:1', host: 'a:1' }, false],
    [{ host: 'a:1' }, false],
  ])('with %j is foreign: %s', (headers, foreign) => {
    expect(isForeign(headers)).toBe(foreign);
  });
});

interface Door {
  readonly asked: readonly Command[];
  ask(method: string, path: string, headers: Readonly<Record<string, string>>): Promise<number>;
}

const openDoor = async (more: Partial<PortRequest> = {}): Promise<Door> => {
  const asked: Command[] = [];
  const ask = (command: Command) => {
    asked.push(command);
    return Promise.resolve(command.verb === 'status' ? STATUS : []);
  };
  const api = createApi({ ask, self: SELF, follow: noLogs, bug: () => undefined });
  onTestFinished(() => api.close());
  const port = await freePort();
  await api.listenTcp({ host: '127.0.0.1', port, section: 's', insecure: false, ...more });
  return {
    asked,
    ask: (method, path, headers) =>
      new Promise((resolve, reject) => {
        const sent = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (reply) => {
          reply.resume().on('end', () => resolve(reply.statusCode ?? 0));
        });
        sent.on('error', reject);
        sent.end(method === 'POST' ? '{"names":["all"]}' : '');
      }),
  };
};

const PASSWORD = `Basic ${Buffer.from('u:p').toString('base64')}`;

describe('through a port', () => {
  test('a name that is not ours reads nothing and orders nothing', async () => {
    const door = await openDoor();
    const evil = { host: 'evil.example:9001' };
    for (const path of ['/api/v1/status', '/healthz', '/RPC2'])
      expect(await door.ask('GET', path, evil)).toBe(403);
    expect(await door.ask('POST', '/api/v1/stop', evil)).toBe(403);
    expect(door.asked).toEqual([]);
    expect(await door.ask('GET', '/api/v1/status', {})).toBe(200);
  });

  test('behind a password any name is taken, as a proxy passes it on', async () => {
    const door = await openDoor({ credentials: { username: 'u', password: 'p' } });
    const headers = { host: 'ops.example', authorization: PASSWORD };
    expect(await door.ask('GET', '/api/v1/status', headers)).toBe(200);
    expect(await door.ask('GET', '/api/v1/status', { host: 'ops.example' })).toBe(401);
  });

  test("a stranger's form orders nothing, with the browser's password neither", async () => {
    const door = await openDoor({ credentials: { username: 'u', password: 'p' } });
    const headers = { authorization: PASSWORD, 'sec-fetch-site': 'cross-site' };
    for (const path of ['/api/v1/stop', '/RPC2']) expect(await door.ask('POST', path, headers)).toBe(403);
    expect(door.asked).toEqual([]);
    expect(await door.ask('POST', '/api/v1/stop', { authorization: PASSWORD })).toBe(200);
  });

  test('a name of the config is taken', async () => {
    const door = await openDoor({ allowedHosts: ['ops.example'] });
    expect(await door.ask('GET', '/healthz', { host: 'ops.example' })).toBe(200);
  });
});
