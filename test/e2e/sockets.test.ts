// Do programs get the sockets that the config lists, and do these outlive each of their lives?

import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { openSandbox, type Sandbox } from './sandbox.ts';
import { until as waitUntil } from '../until.ts';
import { isAlive, kill, witnessed } from './processes.ts';
import { freePort } from '../free-port.ts';

/** Other tests share the machine. */
const until = <T>(what: string, look: () => T | Promise<T>): ReturnType<typeof waitUntil<T>> =>
  waitUntil(what, look, { within: 30_000, every: 20 });

const PROGRAM = fileURLToPath(new URL('../programs/answers-listen-fds.py', import.meta.url));

const section = (
  name: string,
  sockets: string,
  keys: Readonly<Record<string, string | number>> = {},
): string =>
  Object.entries({ startsecs: 0, autorestart: 'true', sockets, ...keys }).reduce(
    (text, [key, value]) => `${text}${key}=${value}\n`,
    `[program:${name}]\ncommand=/usr/bin/python3 ${PROGRAM}\n`,
  );

const ask = (at: { path: string } | { port: number }, question: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = '';
    const socket = connect({ ...at, host: '127.0.0.1', timeout: 15_000 });
    socket.on('data', (bytes) => (text += bytes.toString()));
    socket.once('error', reject);
    socket.once('timeout', () => socket.destroy(new Error('no answer')));
    socket.once('close', () => resolve(text.trim()));
    socket.write(`${question}\n`);
  });

const pidsOf = async (sandbox: Sandbox): Promise<readonly number[]> =>
  (await sandbox.reach('RUNNING')).processes.map(({ pid }) => pid);

test('a program answers at each of its sockets, and loses no question while it is down', async () => {
  const sandbox = openSandbox();
  const path = sandbox.path('admin.sock');
  const port = await freePort();
  const sockets = `http=tcp://127.0.0.1:${port} backlog=16, admin=unix://${path} mode=0640`;
  const process_name = '%(program_name)s-%(process_num)d';
  sandbox.write(section('app', sockets, { numprocs: 2, process_name }));
  await sandbox.start();
  const pids = await pidsOf(sandbox);
  expect(statSync(path).mode & 0o777).toBe(0o640);
  const [pid, name, asked] = (await ask({ port }, 'first')).split(' ');
  expect(pids).toContain(Number(pid));
  expect([name, asked]).toEqual(['http', 'first']);
  expect(await ask({ path }, 'second')).toMatch(/^\d+ admin second$/);
  await sandbox.tsvisor(['stop', 'app:*']);
  const waiting = [ask({ port }, 'third'), ask({ path }, 'fourth')];
  await sandbox.tsvisor(['start', 'app:*']);
  const answers = await Promise.all(waiting);
  expect(answers.map((answer) => answer.split(' ').slice(1))).toEqual([
    ['http', 'third'],
    ['admin', 'fourth'],
  ]);
  await sandbox.tsvisor(['stop']);
  await expect(ask({ port }, 'x')).rejects.toThrow('ECONNREFUSED');
  expect(existsSync(path)).toBe(false);
});

const PROXY = '/lib/systemd/systemd-socket-proxyd';

test.skipIf(!existsSync(PROXY))(
  'systemd’s own proxy works with its socket (needs systemd-socket-proxyd)',
  async () => {
    const sandbox = openSandbox();
    const [outer, inner] = [sandbox.path('outer'), sandbox.path('inner')];
    const proxy = section('proxy', `any=unix://${outer}`).replace(/command=.*/, `command=${PROXY} ${inner}`);
    sandbox.write(section('app', `main=unix://${inner}`), proxy);
    await sandbox.start();
    await sandbox.reach('RUNNING');
    const { pid } = await sandbox.process('app');
    expect(await ask({ path: outer }, 'through')).toBe(`${pid} main through`);
  },
);

test('under a reaper too, and again after the supervisor was killed', async () => {
  const sandbox = openSandbox();
  const path = sandbox.path('s.unix');
  sandbox.write(section('app', `main=unix://${path}`, { containment: 'reap' }));
  await sandbox.start();
  const { supervisor, processes } = await sandbox.reach('RUNNING');
  expect(await ask({ path }, 'a')).toBe(`${processes[0]?.pid} main a`);
  kill(supervisor.pid);
  const next = await sandbox.reachAfter(supervisor.pid, 'RUNNING');
  expect(await ask({ path }, 'b')).toBe(`${next.processes[0]?.pid} main b`);
});

test('a changed config opens what is new and closes what is not wanted any more', async () => {
  const sandbox = openSandbox();
  const [old, kept, fresh] = [sandbox.path('old'), sandbox.path('kept'), sandbox.path('fresh')];
  sandbox.write(
    section('app', `old=unix://${old},kept=unix://${kept}`),
    section('gone', `x=unix://${sandbox.path('x')}`),
    '[group:all]\nprograms=app,gone\n',
  );
  await sandbox.start();
  await sandbox.reach('RUNNING');
  sandbox.write(section('app', `kept=unix://${kept},fresh=unix://${fresh}`), '[group:all]\nprograms=app\n');
  expect((await sandbox.tsvisor(['apply'])).code).toBe(0);
  await sandbox.reach('RUNNING');
  expect(await ask({ path: fresh }, 'q')).toMatch(/ fresh q$/);
  expect(await ask({ path: kept }, 'q')).toMatch(/ kept q$/);
  expect([existsSync(old), existsSync(sandbox.path('x'))]).toEqual([false, false]);
});

test('a program whose socket cannot be opened waits, with the reason', async () => {
  const sandbox = openSandbox();
  const path = sandbox.path('file');
  writeFileSync(path, 'precious');
  sandbox.write(section('app', `main=unix://${path}`));
  await sandbox.start();
  const { spawnError } = await sandbox.reachProcess('app', 'BACKOFF');
  expect(spawnError).toContain(`cannot open socket unix://${path}: a file that is no socket is in its place`);
  rmSync(path);
  const { pid } = await sandbox.reachProcess('app', 'RUNNING');
  const leader = witnessed(pid);
  kill(leader.pid);
  await until('its death', () => !isAlive(leader));
  expect(await ask({ path }, 'again')).toMatch(/ main again$/);
});
