// What do probes get, with a password and without?

import { describe, expect, test } from 'vitest';
import type { ReadinessReply } from '../../src/model/command.ts';
import { openHouse, send } from './sandbox.ts';

const WAITING: ReadinessReply = {
  ready: false,
  waiting: [{ group: 'web', name: 'web', why: 'it is STARTING', final: false }],
};

const AUTHORIZED = { authorization: `Basic ${Buffer.from('u:p').toString('base64')}` };
const credentials = { username: 'u', password: 'p' };

describe('/readyz', () => {
  test('answers 503 with who is not ready and why, and 200 when all are', async () => {
    let reply: ReadinessReply = WAITING;
    const { path } = await openHouse({ ask: async () => reply });
    expect(await send(path, { path: '/readyz' })).toMatchObject({ status: 503, json: WAITING });
    reply = { ready: true, waiting: [] };
    expect(await send(path, { path: '/readyz' })).toMatchObject({ status: 200, json: reply });
  });

  test('asks for no password, and tells no names without one', async () => {
    const { path } = await openHouse({ ask: async () => WAITING, credentials });
    const untold = await send(path, { path: '/readyz' });
    expect(untold).toMatchObject({ status: 503, json: { ready: false, waiting: 1 } });
    const told = await send(path, { path: '/readyz', headers: AUTHORIZED });
    expect(told).toMatchObject({ status: 503, json: WAITING });
  });
});

test('/healthz asks for no password either, and everything else does', async () => {
  const { path } = await openHouse({ ask: async () => WAITING, credentials });
  expect(await send(path, { path: '/healthz' })).toMatchObject({ status: 200, json: { ok: true } });
  expect((await send(path, { path: '/api/v1/readiness' })).status).toBe(401);
  expect((await send(path, { path: '/healthz/x' })).status).toBe(401);
});
