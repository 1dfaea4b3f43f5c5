// Do FastCGI programs share a socket that outlives each of them, and goes with their group?

import { existsSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { askFastCgi } from './fastcgi.ts';
import { openSandbox } from './sandbox.ts';
import { until } from '../until.ts';
import { isAlive, kill, witnessed } from './processes.ts';
import { freePort } from '../free-port.ts';

const PROGRAM = fileURLToPath(new URL('../programs/answers-fastcgi.py', import.meta.url));

const section = (socket: string, keys: Readonly<Record<string, string | number>> = {}): string =>
  `[fcgi-program:app]\ncommand=/usr/bin/python3 ${PROGRAM}\nsocket=${socket}\nstartsecs=0\n${Object.entries(
    keys,
  )
    .map(([key, value]) => `${key}=${value}\n`)
    .join('')}`;

describe('a FastCGI program', () => {
  test('answers on its unix socket, and loses no request while all of its processes are killed', async () => {
    const sandbox = openSandbox();
    const path = sandbox.path('app.sock');
    sandbox.write(
      section(`unix://${path}`, {
        numprocs: 2,
        process_name: '%(program_name)s-%(process_num)d',
        socket_mode: '0640',
      }),
    );
    await sandbox.start();
    const { processes } = await sandbox.reach('RUNNING');
    const pids = processes.map(({ pid }) => String(pid));
    expect(statSync(path).mode & 0o777).toBe(0o640);
    const [pid, query] = (await askFastCgi({ path }, 'first')).split(' ');
    expect(pids).toContain(pid);
    expect(query).toBe('first');
    const leaders = processes.map(({ pid: leader }) => witnessed(leader));
    for (const { pid: leader } of leaders) kill(leader);
    // A dying one may still take a connection with it.
    await until('both dead', () => !leaders.some(isAlive), { every: 1 });
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => askFastCgi({ path }, String(index))),
    );
    expect(answers.map((answer) => answer.split(' ')[1])).toEqual(answers.map((_, index) => String(index)));
    expect(answers.some((answer) => pids.includes(answer.split(' ')[0] ?? ''))).toBe(false);
  });

  test('answers on a TCP port, which is free again when tsvisor has stopped', async () => {
    const sandbox = openSandbox();
    const port = await freePort();
    sandbox.write(section(`tcp://localhost:${port}`));
    await sandbox.start();
    await sandbox.reach('RUNNING', 'app');
    expect(await askFastCgi({ port, host: 'localhost' }, 'over-tcp')).toMatch(/^\d+ over-tcp$/);
    await sandbox.tsvisor(['stop']);
    await expect(askFastCgi({ port, host: 'localhost' }, 'x')).rejects.toThrow('ECONNREFUSED');
  });

  test('is started again after the supervisor was killed, with a socket of its own', async () => {
    const sandbox = openSandbox();
    const path = sandbox.path('app.sock');
    sandbox.write(section(`unix://${path}`));
    await sandbox.start();
    const before = await sandbox.reach('RUNNING', 'app');
    kill(before.supervisor.pid);
    await sandbox.reachAfter(before.supervisor.pid, 'RUNNING');
    expect(await askFastCgi({ path }, 'again')).toMatch(/^\d+ again$/);
  });

  test('leaves no file of its socket, and keeps one that is not its own', async () => {
    const sandbox = openSandbox();
    const [path, other] = [sandbox.path('app.sock'), sandbox.path('file')];
    writeFileSync(other, 'precious');
    sandbox.write(
      section(`unix://${path}`),
      section(`unix://${other}`, { startretries: 0 }).replace(':app]', ':other]'),
    );
    await sandbox.start();
    await sandbox.reach('RUNNING', 'app');
    const { spawnError } = await sandbox.reachProcess('other', 'FATAL');
    expect(spawnError).toBe(
      `cannot start other: cannot open socket unix://${other}: a file that is no socket is in its place; move it away`,
    );
    await sandbox.tsvisor(['stop']);
    expect(existsSync(path)).toBe(false);
    expect(sandbox.read('file')).toBe('precious');
  });

  test('waits for a socket that another server has', async () => {
    const sandbox = openSandbox();
    const path = sandbox.path('app.sock');
    const server = createServer().listen(path);
    onTestFinished(() => void server.close());
    await until('the other server', () => server.listening);
    sandbox.write(section(`unix://${path}`));
    await sandbox.start();
    const { spawnError } = await sandbox.reachProcess('app', 'BACKOFF');
    expect(spawnError).toContain('another server listens on it');
    server.close();
    await sandbox.reach('RUNNING', 'app');
    expect(await askFastCgi({ path }, 'mine')).toMatch(/ mine$/);
  });
});
