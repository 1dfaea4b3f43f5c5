// What does one launch cost the supervisor? 50 programs that exit at once, default settings, its CPU time in 10 s.

import { setTimeout as after } from 'node:timers/promises';
import { cpuSeconds } from '../observe/processes.mjs';
import { until } from '../observe/wait.mjs';
import { onScene, programs } from './scene.mjs';

const PROGRAMS = 50;

export const spawnCpu = {
  name: 'spawn-cpu',
  measure: (context) =>
    onScene({ ...context, cast: programs('app', PROGRAMS, { exits: true }) }, async (scene) => {
      const pids = await scene.supervisor.pids(scene.sandbox);
      const cpu = () => pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0);
      const count = () => scene.diary.leaders().length;
      // The first wave is left out: it mixes with the start of the supervisor itself.
      await until('the first wave', () => count() >= PROGRAMS);
      const before = { cpu: cpu(), launches: count() };
      await after(10_000);
      const spent = cpu() - before.cpu;
      return { total: spent, each: (spent * 1000) / (count() - before.launches) };
    }),
  lines: [
    { key: 'total', label: '50 programs that exit at once: CPU in 10 s', unit: 's', target: null },
    { key: 'each', label: '   for each launch', unit: 'ms', target: 'peer' },
  ],
};
