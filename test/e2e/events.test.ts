// Does `tsvisor events` tell what happens, over a restart of the supervisor, until it ends?

import { spawn } from 'node:child_process';
import { expect, onTestFinished, test } from 'vitest';
import { CLI } from './dist.ts';
import { openSandbox, type Sandbox } from './sandbox.ts';
import { until } from '../until.ts';

const listen = ({ config, mark }: Sandbox, ...words: readonly string[]) => {
  const env = { ...process.env, ...mark };
  const child = spawn(process.execPath, [CLI, 'events', '-c', config, ...words], { env });
  onTestFinished(() => void child.kill('SIGKILL'));
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  return { out: () => out, err: () => err, child };
};

test('tells deaths and launches, survives a restart in place, and ends with the supervisor', async () => {
  const sandbox = openSandbox();
  sandbox.write(sandbox.program('stays', 'stays.sh'));
  await sandbox.start();
  await sandbox.reachProcess('stays', 'RUNNING');
  const [plain, json] = [listen(sandbox), listen(sandbox, '--json')];
  const both = (what: string): Promise<unknown> =>
    until(what, () => [plain, json].every(({ out }) => out().includes(what)), { within: 20_000 });
  // Nothing tells from outside that both listen but what they tell.
  await until(
    'both listen',
    async () => {
      await sandbox.tsvisor(['restart', 'stays']);
      return [plain, json].every(({ out }) => out().includes('launched'));
    },
    { within: 30_000 },
  );
  process.kill((await sandbox.process('stays')).pid, 'SIGKILL');
  await both('SIGKILL');
  await sandbox.tsvisor(['restart']);
  await both('RESTARTING');
  await until(
    'both listen again',
    async () => {
      await sandbox.tsvisor(['restart', 'stays']);
      return [plain, json].every(({ out }) => out().split('RESTARTING')[1]?.includes('launched') === true);
    },
    { within: 30_000 },
  );
  for (const { err } of [plain, json])
    expect(err()).toMatch(/^the supervisor has gone .*\nthe next supervisor is there \(pid \d+\)/);
  await sandbox.tsvisor(['stop']);
  await until('the end of both', () => [plain, json].every(({ child }) => child.exitCode === 0), {
    within: 20_000,
  });
  expect(plain.out()).toMatch(/^\d\d:\d\d:\d\d\.\d{3} stays: died, by SIGKILL, not expected/m);
  const told = json
    .out()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(told).toContainEqual(expect.objectContaining({ type: 'died', seq: expect.any(Number) }));
}, 120_000);
