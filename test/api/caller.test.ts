// Is every order told with who gave it, and no question?

import { expect, test } from 'vitest';
import type { HouseOptions } from './sandbox.ts';
import { openHouse, send } from './sandbox.ts';

interface Told {
  readonly verb: string;
  readonly door: string;
  readonly user: string | null;
}

const openTold = async (options: HouseOptions = {}) => {
  const told: Told[] = [];
  const house = await openHouse({
    ...options,
    ordered: ({ verb }, { door, user }) => told.push({ verb, door, user }),
  });
  return { ...house, told };
};

const post = (path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) => ({
  method: 'POST',
  path: `/api/v1/${path}`,
  body: JSON.stringify(body),
  headers,
});

const call = (method: string): string =>
  `<methodCall><methodName>supervisor.${method}</methodName></methodCall>`;

test('an order over JSON and one over XML-RPC, in a multicall too', async () => {
  const { path, told } = await openTold();
  await send(path, post('stop', { names: ['a'] }));
  await send(path, { method: 'POST', path: '/RPC2', body: call('startAllProcesses') });
  const calls =
    '<methodCall><methodName>system.multicall</methodName><params><param><value><array><data><value><struct><member>' +
    '<name>methodName</name><value>supervisor.stopAllProcesses</value></member></struct></value></data></array></value></param></params></methodCall>';
  await send(path, { method: 'POST', path: '/RPC2', body: calls });
  expect(told).toEqual(['stop', 'start', 'stop'].map((verb) => ({ verb, door: path, user: null })));
});

test('no question, and no apply that only tells', async () => {
  const { path, told } = await openTold();
  await send(path, { path: '/api/v1/status' });
  await send(path, post('reread', {}));
  await send(path, post('apply', { dryRun: true }));
  await send(path, { method: 'POST', path: '/RPC2', body: call('getAllProcessInfo') });
  expect(told).toEqual([]);
  await send(path, post('apply', {}));
  expect(told.map(({ verb }) => verb)).toEqual(['apply']);
});

test('the user whose password let the request in', async () => {
  const { path, told } = await openTold({ credentials: { username: 'bob', password: 'x' } });
  const authorization = `Basic ${Buffer.from('bob:x').toString('base64')}`;
  await send(path, post('stop', { names: ['a'] }, { authorization }));
  await send(path, post('stop', { names: ['a'] }));
  expect(told.map(({ user }) => user)).toEqual(['bob']);
});
