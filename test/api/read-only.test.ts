// Does a server that only answers refuse every order, and nothing else?

import { expect, test } from 'vitest';
import { openHouse, send } from './sandbox.ts';

const MULTICALL =
  '<?xml version="1.0"?><methodCall><methodName>supervisor.stopAllProcesses</methodName></methodCall>';

test.each([
  ['POST', '/api/v1/stop', '{"names":["all"]}'],
  ['POST', '/api/v1/shutdown', '{}'],
  ['POST', '/RPC2', MULTICALL],
  ['PUT', '/api/v1/status', '{}'],
] as const)('%s %s is refused and nothing is asked of the supervisor', async (method, path, body) => {
  const house = await openHouse({ readOnly: true });
  const { status, json } = await send(house.path, { method, path, body });
  expect(status).toBe(403);
  expect(json).toMatchObject({ error: { code: 'READ_ONLY' } });
  expect(house.asked).toEqual([]);
});

test('questions are answered', async () => {
  const house = await openHouse({ readOnly: true });
  expect((await send(house.path, { path: '/api/v1/status' })).status).toBe(200);
  expect((await send(house.path, { path: '/healthz' })).status).toBe(200);
});

test('a server that says nothing of it takes orders', async () => {
  const house = await openHouse({ ask: () => Promise.resolve([]) });
  const body = '{"names":["all"]}';
  expect((await send(house.path, { method: 'POST', path: '/api/v1/stop', body })).status).toBe(200);
});
