// Do the servers of a config, stdin and logs work from outside, with the built program?

import { createServer } from 'node:net';
import { request } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { openSandbox, type Sandbox } from './sandbox.ts';
import { until } from '../until.ts';
import { freePort } from '../free-port.ts';

interface Where {
  readonly socketPath?: string;
  readonly port?: number;
}

/** The text of the reply to one call. */
const call = (where: Where, method: string, ...params: readonly string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const values = params.map((text) => `<param><value>${text}</value></param>`).join('');
    const sent = request(
      { host: '127.0.0.1', ...where, agent: false, method: 'POST', path: '/RPC2' },
      (reply) => {
        let text = '';
        reply.on('data', (part: Buffer) => (text += part.toString()));
        reply.on('end', () => resolve(text));
      },
    );
    sent.on('error', reject);
    sent.end(`<methodCall><methodName>${method}</methodName><params>${values}</params></methodCall>`);
  });

const UNIX = ({ folder }: Sandbox): string => `[unix_http_server]\nfile=${folder}/s.sock\n`;
const INTERFACE =
  '[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n';

test('answers on every server, but keeps one closed that anybody could use, and says so', async () => {
  const sandbox = openSandbox();
  const [local, open] = [await freePort(), await freePort()];
  sandbox.write(
    UNIX(sandbox),
    `[inet_http_server:local]\nport=127.0.0.1:${local}\n[inet_http_server:open]\nport=*:${open}\n`,
    INTERFACE,
    sandbox.program('stays', 'stays.sh'),
  );
  await sandbox.start();
  const { supervisor } = await sandbox.reach('RUNNING');
  expect(supervisor.notices.join('\n')).toContain('insecure=true in [inet_http_server:open]');
  expect(await call({ port: local }, 'supervisor.getState')).toContain('RUNNING');
  expect(await call({ socketPath: sandbox.path('s.sock') }, 'supervisor.getState')).toContain('RUNNING');
  await expect(call({ port: open }, 'supervisor.getState')).rejects.toThrow('ECONNREFUSED');
});

test('no answer of the API and no line of the log tells the value of a variable or a password', async () => {
  const sandbox = openSandbox();
  const keys = {
    environment: 'DB_PASSWORD="xyzzy"',
    health: 'interval=1s,retries=1,grace=0,http=http://u:xyzzy@127.0.0.1:1/',
  };
  sandbox.write(sandbox.program('stays', 'stays.sh', keys));
  await sandbox.start();
  await until('it is unhealthy', async () => {
    const { readiness } = await sandbox.process('stays');
    return readiness?.health === 'unhealthy' && readiness.text?.includes('(hidden)') === true;
  });
  const told = await Promise.all(
    ['status', 'configs', 'processes', 'oom', 'reread', 'apply'].map((name) =>
      call({ socketPath: sandbox.path('run/tsvisor.sock') }, `tsvisor.${name}`),
    ),
  );
  expect(told.join('')).toContain('<name>DB_PASSWORD</name>');
  expect([...told, sandbox.journal()].join('')).not.toContain('xyzzy');
});

test('has no supervisor.* on the servers of a config without the interface, and all of it on its own socket', async () => {
  const sandbox = openSandbox();
  sandbox.write(UNIX(sandbox), sandbox.program('stays', 'stays.sh'));
  await sandbox.start();
  const on = (name: string) => call({ socketPath: sandbox.path(name) }, 'supervisor.getState');
  expect(await on('s.sock')).toContain('UNKNOWN_METHOD');
  expect(await on('run/tsvisor.sock')).toContain('RUNNING');
});

test(
  'takes what a program reads from stdin, in order, and refuses what it does not read',
  { timeout: 90_000 },
  async () => {
    const sandbox = openSandbox();
    sandbox.write(
      UNIX(sandbox),
      INTERFACE,
      `[program:cat]\ncommand=/bin/cat\nstdout_logfile=${sandbox.path('cat.out')}\nstartsecs=0\n`,
      sandbox.program('deaf', 'stays.sh', { startsecs: 0 }),
    );
    await sandbox.start();
    await sandbox.reach('RUNNING');
    const socketPath = sandbox.path('s.sock');
    const lines = Array.from({ length: 20 }, (_, index) => `${index} ${'x'.repeat(20_000)}\n`);
    await Promise.all(lines.map((line) => call({ socketPath }, 'supervisor.sendProcessStdin', 'cat', line)));
    await until('all of it in the log', () => sandbox.read('cat.out').length >= lines.join('').length);
    expect(sandbox.read('cat.out').split('\n').toSorted()).toEqual(lines.join('').split('\n').toSorted());
    const deaf = await call({ socketPath }, 'supervisor.sendProcessStdin', 'deaf', 'x'.repeat(200_000));
    expect(deaf).toMatch(/FAILED: cannot write to the stdin of deaf: it reads nothing/);
  },
);

test('a port that was taken while the supervisor was dead does not keep the programs down', async () => {
  const sandbox = openSandbox();
  const port = await freePort();
  sandbox.write(
    `[inet_http_server]\nport=127.0.0.1:${port}\n`,
    INTERFACE,
    sandbox.program('stays', 'stays.sh'),
  );
  await sandbox.start();
  const { supervisor } = await sandbox.reach('RUNNING');
  process.kill(supervisor.pid, 'SIGSTOP');
  const thief = createServer();
  onTestFinished(() => void thief.close());
  process.kill(supervisor.pid, 'SIGKILL');
  await until(
    'the port stolen',
    () =>
      new Promise<boolean>((resolve) => {
        thief.once('error', () => resolve(false));
        thief.listen(port, '127.0.0.1', () => resolve(true));
      }),
  );
  const after = await sandbox.reachAfter(supervisor.pid, 'RUNNING');
  expect(after.supervisor.notices.join('\n')).toContain('another program is already listening there');
  thief.close();
  await until('the port ours again', async () =>
    (await call({ port }, 'supervisor.getState').catch(() => '')).includes('RUNNING'),
  );
});
