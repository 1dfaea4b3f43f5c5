// What does the supervisor do while nothing happens? 50 programs up, CPU time and wake-ups in 20 seconds.

import { setTimeout as after } from 'node:timers/promises';
import { cpuSeconds, voluntarySwitches } from '../observe/processes.mjs';
import { allRunning, onScene, programs } from './scene.mjs';

const PROGRAMS = 50;
const SECONDS = 20;
const SETTLE_MS = 15_000;

const cost = (pids) => ({
  cpu: pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0) * 1000,
  switches: pids.reduce((sum, pid) => sum + voluntarySwitches(pid), 0),
});

export const idle = {
  name: 'idle',
  measure: (context) =>
    onScene({ ...context, cast: programs('app', PROGRAMS) }, async (scene) => {
      await allRunning(scene);
      const pids = await scene.supervisor.pids(scene.sandbox);
      // A start is followed by a last collection of garbage some seconds later: that is not idleness yet.
      await after(SETTLE_MS);
      const before = cost(pids);
      const seconds = context.quick ? 5 : SECONDS;
      await after(seconds * 1000);
      const spent = cost(pids);
      const scale = SECONDS / seconds;
      return { cpu: (spent.cpu - before.cpu) * scale, switches: (spent.switches - before.switches) * scale };
    }),
  lines: [
    { key: 'cpu', label: 'idle, 50 programs: CPU in 20 s', unit: 'ms', target: 'peer' },
    { key: 'switches', label: '   voluntary context switches in 20 s', unit: '', target: 'peer' },
  ],
};
