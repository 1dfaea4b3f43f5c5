// Does the log tell who ordered what?

import { expect, test } from 'vitest';
import { openSandbox } from './sandbox.ts';
import { until } from '../until.ts';

test('the log names each order with user, process and socket, and no question', async () => {
  const sandbox = openSandbox();
  sandbox.write(sandbox.program('stays', 'stays.sh'));
  await sandbox.start();
  await sandbox.reach('RUNNING');
  await sandbox.tsvisor(['signal', 'CONT', 'stays']);
  await sandbox.tsvisor(['restart', 'stays']);
  const who = `\\(by uid ${process.getuid?.()}, pid \\d+ on ${sandbox.path('run/tsvisor.sock')}\\)`;
  const lines = await until('both orders', () => {
    const found = sandbox
      .journal()
      .split('\n')
      .filter((line) => line.includes('ordered: '));
    return found.length >= 2 ? found : null;
  });
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatch(new RegExp(`INFO ordered: signal SIGCONT stays ${who}$`));
  expect(lines[1]).toMatch(new RegExp(`INFO ordered: restart stays ${who}$`));
});
