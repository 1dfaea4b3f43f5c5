// Does the log tell who ordered what?

import { expect, test } from 'vitest';
import { lodge } from './lodging.ts';
import { until } from './wait.ts';

test('the log names each order with user, process and socket, and no question', async () => {
  const lodging = lodge();
  lodging.write(lodging.program('stays', 'stays.sh'));
  await lodging.start();
  await lodging.reach('RUNNING');
  await lodging.tsvisor(['signal', 'CONT', 'stays']);
  await lodging.tsvisor(['restart', 'stays']);
  const who = `\\(by uid ${process.getuid?.()}, pid \\d+ on ${lodging.path('run/tsvisor.sock')}\\)`;
  const lines = await until('both orders', () => {
    const found = lodging
      .journal()
      .split('\n')
      .filter((line) => line.includes('ordered: '));
    return found.length >= 2 ? found : null;
  });
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatch(new RegExp(`INFO ordered: signal SIGCONT stays ${who}$`));
  expect(lines[1]).toMatch(new RegExp(`INFO ordered: restart stays ${who}$`));
});
