// Does `tsvisor events` tell what happens, over a restart of the supervisor, until it ends?

import { spawn } from 'node:child_process';
import { expect, onTestFinished, test } from 'vitest';
import { CLI } from './dist.ts';
import { lodge, type Lodging } from './lodging.ts';
import { until } from './wait.ts';

const listen = ({ config, mark }: Lodging, ...words: readonly string[]) => {
  const env = { ...process.env, ...mark };
  const child = spawn(process.execPath, [CLI, 'events', '-c', config, ...words], { env });
  onTestFinished(() => void child.kill('SIGKILL'));
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  return { out: () => out, child };
};

test('tells deaths and launches, survives a restart in place, and ends with the supervisor', async () => {
  const lodging = lodge();
  lodging.write(lodging.program('stays', 'stays.sh'));
  await lodging.start();
  await lodging.reachProcess('stays', 'RUNNING');
  const [plain, json] = [listen(lodging), listen(lodging, '--json')];
  const both = (what: string): Promise<unknown> =>
    until(what, () => [plain, json].every(({ out }) => out().includes(what)), { within: 20_000 });
  // Nothing tells from outside that both listen but what they tell.
  await until(
    'both listen',
    async () => {
      await lodging.tsvisor(['restart', 'stays']);
      return [plain, json].every(({ out }) => out().includes('launched'));
    },
    { within: 30_000 },
  );
  process.kill((await lodging.process('stays')).pid, 'SIGKILL');
  await both('SIGKILL');
  await lodging.tsvisor(['restart']);
  await both('RESTARTING');
  await until(
    'both listen again',
    async () => {
      await lodging.tsvisor(['restart', 'stays']);
      return [plain, json].every(({ out }) => out().split('RESTARTING')[1]?.includes('launched') === true);
    },
    { within: 30_000 },
  );
  await lodging.tsvisor(['stop']);
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
