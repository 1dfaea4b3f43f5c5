// Do hooks hear what happens, verdict and last words included, and can a hook that hangs delay nothing?

import { createServer } from 'node:http';
import { chmodSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { canLimitMemory } from './abilities.ts';
import { openSandbox } from './sandbox.ts';
import { until } from '../until.ts';

interface Told {
  readonly path: string;
  readonly token: string | undefined;
  readonly message: {
    readonly event: string;
    readonly process: string | null;
    readonly verdict: { readonly oom: string } | null;
  };
}

/** A server that takes events; what is sent to `/hangs` is never answered. */
const receive = async (): Promise<{ readonly url: string; readonly told: readonly Told[] }> => {
  const told: Told[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      const path = request.url ?? '';
      told.push({ path, token: request.headers['x-token']?.toString(), message: JSON.parse(body) });
      if (path !== '/hangs') response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { url: `http://127.0.0.1:${address.port}`, told };
};

const hook = (name: string, keys: Readonly<Record<string, string | number>>): string =>
  `[tsvisor-hook:${name}]\n${Object.entries(keys)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('')}`;

test('a command and webhooks hear of a death; one that hangs and one that ignores TERM delay nothing', async () => {
  const sandbox = openSandbox();
  const { url, told } = await receive();
  const script = sandbox.writeFile(
    'note',
    `#!/bin/sh\necho "$TSVISOR_EVENT $TSVISOR_PROCESS $TSVISOR_OOM $(cat)" >> ${sandbox.path('noted')}\n`,
  );
  chmodSync(script, 0o755);
  const programs = sandbox.program('stays', 'stays.sh');
  const hooks = [
    hook('note', { on: 'TSVISOR_DIED', run: script }),
    hook('web', {
      on: 'TSVISOR_DIED,SUPERVISOR_STATE_CHANGE_STOPPING',
      webhook: `${url}/web`,
      headers: 'X-Token="hush"',
    }),
    hook('hangs', { on: 'TSVISOR_DIED', webhook: `${url}/hangs`, timeout: 60 }),
    hook('ignores', {
      on: 'TSVISOR_DIED',
      run: `/bin/sh -c 'trap "" TERM; sleep 1000 & while :; do wait; sleep 1; done'`,
      timeout: '200ms',
      attempts: 1,
    }),
    hook('refused', { on: 'TSVISOR_DIED', webhook: 'http://127.0.0.1:1/', attempts: 1 }),
  ];
  sandbox.write(programs, ...hooks);
  await sandbox.start();
  const { pid } = await sandbox.reachProcess('stays', 'RUNNING');
  process.kill(pid, 'SIGKILL');
  const counts = async () =>
    Object.fromEntries(
      ((await sandbox.status()).supervisor.hooks ?? []).map(({ name, sent, failed, waiting }) => [
        name,
        { sent, failed, waiting },
      ]),
    );
  await until(
    'what each hook came to',
    async () => {
      const { note, web, ignores, refused } = await counts();
      return note?.sent === 1 && web?.sent === 1 && ignores?.failed === 1 && refused?.failed === 1;
    },
    { within: 30_000 },
  );
  expect((await counts())['hangs']).toEqual({ sent: 0, failed: 0, waiting: 1 });
  await until(
    'the restart',
    async () => {
      const now = await sandbox.process('stays');
      return now.state === 'RUNNING' && now.pid !== pid;
    },
    { within: 20_000 },
  );
  const web = told.find(({ path }) => path === '/web');
  expect(web).toMatchObject({
    token: 'hush',
    message: { event: 'TSVISOR_DIED', process: 'stays', verdict: { oom: 'no' } },
  });
  expect(sandbox.read('noted')).toMatch(/^TSVISOR_DIED stays no \{"event":"TSVISOR_DIED",.*"verdict":\{/);
  expect(sandbox.journal()).toMatch(/WARN hook ignores cannot take TSVISOR_DIED: it took longer than 0.2 s/);
  expect(sandbox.journal()).toMatch(/WARN hook refused cannot take TSVISOR_DIED: .*ECONNREFUSED/);

  sandbox.write(programs, hook('web', { on: 'PROCESS_STATE_STOPPED', webhook: `${url}/later` }));
  expect((await sandbox.tsvisor(['apply'])).stdout).not.toMatch(/hold after/);
  expect(Object.keys(await counts())).toEqual(['web']);
  await sandbox.tsvisor(['stop']);
  expect(told.filter(({ path }) => path === '/later').map(({ message }) => message.event)).toEqual([
    'PROCESS_STATE_STOPPED',
  ]);
}, 120_000);

test.skipIf(!canLimitMemory)(
  'an OOM kill is told with its verdict and the evidence (needs a memory cgroup)',
  async () => {
    const sandbox = openSandbox();
    const { url, told } = await receive();
    sandbox.write(
      sandbox.program('app', 'eats-memory.sh', { memory_max: '48MB', oom_score_adj: 300, stopwaitsecs: 1 }),
      hook('incidents', { on: 'TSVISOR_OOM_KILLED', webhook: `${url}/oom` }),
    );
    await sandbox.start();
    await sandbox.reach('RUNNING', 'app');
    sandbox.touch('eat');
    await until('the incident', () => told.length > 0, { within: 30_000 });
    expect(told[0]?.message).toMatchObject({
      event: 'TSVISOR_OOM_KILLED',
      process: 'app',
      facts: { oom: 'certain', cause: 'own-limit', whom: 'leader' },
      text: expect.stringMatching(/48 MB/),
      verdict: { oom: 'certain', cause: 'own-limit', because: expect.stringMatching(/48 MB/) },
    });
  },
  60_000,
);
