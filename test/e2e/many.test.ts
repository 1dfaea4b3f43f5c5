// Do 200 programs at once start, run once each, and stop?

import { expect, test } from 'vitest';
import { lodge } from './lodging.ts';

test('starts 200 programs, sweeps them after the supervisor was killed, and stops them all', async () => {
  const lodging = lodge();
  lodging.write(
    ...Array.from({ length: 200 }, (_, index) =>
      lodging.program(`app-${index}`, 'stays.sh', { startsecs: 1 }),
    ),
  );
  await lodging.start();
  const { processes, supervisor } = await lodging.reach('RUNNING');
  expect(new Set(processes.map(({ pid }) => pid)).size).toBe(200);
  expect(lodging.members()).toHaveLength(200);

  process.kill(supervisor.pid, 'SIGKILL');
  const after = await lodging.reachAfter(supervisor.pid, 'RUNNING');
  expect(after.processes).toHaveLength(200);
  expect(lodging.members()).toHaveLength(200);
  expect(lodging.diary('leader')).toHaveLength(400);

  expect(await lodging.tsvisor(['stop', 'all'])).toMatchObject({ code: 0 });
  expect(lodging.members()).toEqual([]);
});
