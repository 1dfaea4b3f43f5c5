// Are requests answered, refused and bounded as promised, over a real socket?

import { connect } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { MAX_BODY_BYTES } from '../../src/api/body.ts';
import { ERRORS, TsvisorError } from '../../src/model/errors.ts';
import { until } from '../until.ts';
import { openHouse, send, sendRaw, STATUS } from './sandbox.ts';

const errorOf = (json: unknown): unknown =>
  typeof json === 'object' && json !== null && 'error' in json ? json.error : null;

describe('server', () => {
  test('answers status as the supervisor gave it', async () => {
    const { path } = await openHouse();
    const { status, headers, json } = await send(path, { path: '/api/v1/status' });
    expect(status).toBe(200);
    expect(headers['content-type']).toMatch(/^application\/json/);
    expect(json).toEqual(STATUS);
  });

  test('answers /healthz without asking the supervisor', async () => {
    const { path, asked } = await openHouse();
    expect(await send(path, { path: '/healthz' })).toMatchObject({ status: 200, json: { ok: true } });
    expect(asked).toEqual([]);
  });

  test('passes names to the supervisor and outcomes back', async () => {
    const outcome = { process: { group: 'ci', name: 'app-1' }, ok: true, code: null, message: 'started' };
    const { path, asked } = await openHouse({ ask: () => Promise.resolve([outcome]) });
    const got = await send(path, {
      method: 'POST',
      path: '/api/v1/start?x=1',
      body: JSON.stringify({ names: ['ci:*'] }),
    });
    expect(got).toMatchObject({ status: 200, json: { outcomes: [outcome] } });
    expect(asked).toEqual([{ verb: 'start', names: ['ci:*'], wait: true }]);
  });

  test("sends a refusal with its code, words, hint and the registry's status", async () => {
    const { path, bugs } = await openHouse({
      ask: () => Promise.reject(new TsvisorError('BAD_NAME', { name: 'nope' })),
    });
    const { status, json } = await send(path, { path: '/api/v1/status' });
    expect(status).toBe(404);
    expect(errorOf(json)).toMatchObject({
      code: 'BAD_NAME',
      message: 'nope: no such process',
      facts: { name: 'nope' },
    });
    expect(bugs).toEqual([]);
  });

  test.each([
    ['a promise that breaks', () => Promise.reject(new Error('boom'))],
    [
      'a throw',
      () => {
        throw new Error('boom');
      },
    ],
  ])('contains a bug of the supervisor: %s', async (_, ask) => {
    const { path, bugs } = await openHouse({ ask });
    const { status, json } = await send(path, { path: '/api/v1/status' });
    expect(status).toBe(500);
    expect(JSON.stringify(json)).not.toContain('boom');
    expect(bugs).toHaveLength(1);
    expect((await send(path, { path: '/healthz' })).status).toBe(200);
  });

  test.each([
    ['GET', '/nope', 404],
    ['GET', '//', 404],
    ['HEAD', '/index.html', 404],
    ['PUT', '/', 400],
    ['GET', '/%zz', 400],
  ])('answers %s %s with a page that says %i', async (method, at, status) => {
    const { path, bugs } = await openHouse();
    const got = await send(path, { method, path: at });
    expect(got.status).toBe(status);
    expect(got.headers['content-type']).toContain('text/html');
    expect(bugs).toEqual([]);
  });

  test.each([
    ['an unknown path', { path: '/api/v1/nope' }, 'UNKNOWN_ROUTE'],
    ['a wrong method', { method: 'DELETE', path: '/api/v1/status' }, 'UNKNOWN_ROUTE'],
    ['no JSON', { method: 'POST', path: '/api/v1/start', body: '{' }, 'BAD_REQUEST'],
    ['no body', { method: 'POST', path: '/api/v1/start' }, 'BAD_REQUEST'],
  ] as const)('refuses %s', async (_, request, code) => {
    const { path, asked, bugs } = await openHouse();
    const got = await send(path, request);
    expect(got.status).toBe(ERRORS[code].http);
    expect(errorOf(got.json)).toMatchObject({ code });
    expect(asked).toEqual([]);
    expect(bugs).toEqual([]);
  });

  test('refuses a body that is too large, whether its length is told or not', async () => {
    const { path, bugs } = await openHouse();
    const large = 'x'.repeat(MAX_BODY_BYTES + 1);
    const told = await send(path, { method: 'POST', path: '/api/v1/start', body: large });
    expect(told.status).toBe(400);
    const head = 'POST /api/v1/start HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n';
    const untold = await sendRaw(path, `${head}${large.length.toString(16)}\r\n${large}\r\n`);
    expect(untold).toMatch(/^HTTP\/1\.1 400 /);
    expect(untold).toContain('larger than');
    expect(bugs).toEqual([]);
  });

  test('does not read the body of a question', async () => {
    const { path } = await openHouse();
    const body = 'x'.repeat(MAX_BODY_BYTES + 1);
    const { status, headers } = await send(path, {
      path: '/api/v1/status',
      body,
      headers: { 'content-length': String(body.length) },
    });
    expect(status).toBe(200);
    expect(headers['x-content-type-options']).toBe('nosniff');
  });

  test('takes a request without a Host header, as small clients of supervisord send', async () => {
    const { path } = await openHouse();
    const reply = await sendRaw(path, 'GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n');
    expect(reply).toMatch(/^HTTP\/1\.1 200 /);
  });

  test('refuses headers that are too large', async () => {
    const { path } = await openHouse();
    const reply = await sendRaw(path, `GET /healthz HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`);
    expect(reply).toMatch(/^HTTP\/1\.1 431 /);
  });

  test('survives bytes that are no HTTP, and a client that leaves in the middle of its body', async () => {
    const { path, bugs, asked } = await openHouse();
    expect(await sendRaw(path, '\u0000\u0001nonsense\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    await new Promise<void>((resolve) => {
      const socket = connect(path);
      socket.write('POST /api/v1/start HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{', () => {
        socket.destroy();
        resolve();
      });
    });
    expect((await send(path, { path: '/healthz' })).status).toBe(200);
    expect(bugs).toEqual([]);
    expect(asked).toEqual([]);
  });

  test('does not let one slow answer delay another', async () => {
    let release: (() => void) | undefined;
    const { path } = await openHouse({
      ask: ({ verb }) =>
        verb === 'status'
          ? Promise.resolve(STATUS)
          : new Promise((resolve) => {
              release = () => resolve([]);
            }),
    });
    const slow = send(path, { method: 'POST', path: '/api/v1/stop', body: '{"names":["a"]}' });
    expect((await send(path, { path: '/api/v1/status' })).status).toBe(200);
    release?.();
    expect(await slow).toMatchObject({ status: 200, json: { outcomes: [] } });
  });

  test('serves several requests over one connection', async () => {
    const { path } = await openHouse();
    const one = 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n';
    const last = 'GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
    const reply = await sendRaw(path, one + one + last);
    expect(reply.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(3);
  });
});

describe('requests that are sent ahead', () => {
  const one = 'GET /api/v1/status HTTP/1.1\r\nHost: x\r\n\r\n';

  test('are answered one after the other, in their order', async () => {
    let [asking, most] = [0, 0];
    const { path } = await openHouse({
      ask: async () => {
        asking += 1;
        most = Math.max(most, asking);
        await new Promise((resolve) => void setImmediate(resolve));
        asking -= 1;
        return STATUS;
      },
    });
    const last = 'GET /nope HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
    const reply = await sendRaw(path, one.repeat(16) + last);
    expect(reply.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(16);
    expect(reply.indexOf('HTTP/1.1 404')).toBeGreaterThan(reply.lastIndexOf('HTTP/1.1 200'));
    expect(most).toBe(1);
  });

  test('are too many when nobody reads the answers: that connection is closed, and others go on', async () => {
    const { path, asked, bugs } = await openHouse();
    await sendRaw(path, one.repeat(1000)).catch((error: unknown) =>
      expect(error).toMatchObject({ code: 'EPIPE' }),
    );
    expect(asked.length).toBeLessThanOrEqual(1);
    expect((await send(path, { path: '/api/v1/status' })).status).toBe(200);
    expect(bugs).toEqual([]);
  });
});

test('many clients that never finish their headers keep nobody out', async () => {
  const { path } = await openHouse();
  const slow = await Promise.all(
    Array.from({ length: 500 }, async () => {
      const socket = connect(path);
      onTestFinished(() => void socket.destroy());
      socket.on('error', () => undefined).resume();
      await new Promise((resolve) => socket.once('connect', resolve));
      socket.write('GET /healthz HTTP/1.1\r\nX: ');
      return socket;
    }),
  );
  expect((await send(path, { path: '/healthz' })).status).toBe(200);
  await until('the oldest are gone', () => slow.filter(({ destroyed }) => destroyed).length >= 244);
  expect(slow.at(-1)?.destroyed).toBe(false);
});

describe('authentication', () => {
  const basic = (text: string): Record<string, string> => ({
    authorization: `Basic ${Buffer.from(text).toString('base64')}`,
  });

  test.each([
    ['plain', 'geheim'],
    ['{SHA}', '{SHA}084a3501edef6845f2f1e4198ec3a2b81cf5c6bc'],
  ])('admits only who knows the %s password', async (_, password) => {
    const denied: (string | null)[] = [];
    const { path, asked } = await openHouse({
      credentials: { username: 'user', password },
      denied: ({ user }) => denied.push(user),
    });
    const statusWith = async (headers: Record<string, string>): Promise<number> =>
      (await send(path, { path: '/api/v1/status', headers })).status;
    expect(await statusWith({})).toBe(401);
    expect(await statusWith(basic('user:wrong'))).toBe(401);
    expect(await statusWith(basic('other:geheim'))).toBe(401);
    expect(await statusWith({ authorization: 'Basic !!!' })).toBe(401);
    expect(await statusWith({ authorization: 'Bearer x' })).toBe(401);
    expect(denied).toEqual(['user', 'other', null, null]);
    expect(asked).toEqual([]);
    const right = password === 'geheim' ? 'user:geheim' : 'user:sesame';
    expect(await statusWith(basic(right))).toBe(200);
  });
});
