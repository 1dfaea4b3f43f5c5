// Do 200 programs at once start, run once each, and stop?

import { expect, test } from 'vitest';
import { openSandbox } from './sandbox.ts';

test('starts 200 programs, sweeps them after the supervisor was killed, and stops them all', async () => {
  const sandbox = openSandbox();
  sandbox.write(
    ...Array.from({ length: 200 }, (_, index) =>
      sandbox.program(`app-${index}`, 'stays.sh', { startsecs: 1 }),
    ),
  );
  await sandbox.start();
  const { processes, supervisor } = await sandbox.reach('RUNNING');
  expect(new Set(processes.map(({ pid }) => pid)).size).toBe(200);
  expect(sandbox.members()).toHaveLength(200);

  process.kill(supervisor.pid, 'SIGKILL');
  const after = await sandbox.reachAfter(supervisor.pid, 'RUNNING');
  expect(after.processes).toHaveLength(200);
  expect(sandbox.members()).toHaveLength(200);
  expect(sandbox.diary('leader')).toHaveLength(400);

  expect(await sandbox.tsvisor(['stop', 'all'])).toMatchObject({ code: 0 });
  expect(sandbox.members()).toEqual([]);
});
