// What does the supervisor itself cost in memory, with 1, 50, 200 and 500 programs that have logs?

import { setTimeout as after } from 'node:timers/promises';
import { privateDirty } from '../observe/processes.mjs';
import { allRunning, median, onScene, programs } from './scene.mjs';

const SIZES = [1, 50, 200, 500];
const SAMPLES = 5;

const sampleOnce = (context, size) =>
  onScene({ ...context, cast: programs('app', size) }, async (scene) => {
    await allRunning(scene);
    const pids = await scene.supervisor.pids(scene.sandbox);
    const samples = [];
    for (let sample = 0; sample < SAMPLES; sample += 1) {
      await after(500);
      samples.push(pids.reduce((sum, pid) => sum + privateDirty(pid), 0) / 2 ** 20);
    }
    return median(samples);
  });

export const memory = {
  name: 'memory',
  async measure(context) {
    const figures = {};
    for (const size of SIZES) figures[size] = await sampleOnce(context, size);
    return figures;
  },
  lines: SIZES.map((size) => ({
    key: size,
    label: size === 1 ? 'private dirty memory, 1 program' : `   ${size} programs`,
    unit: 'MB',
    target: 'peer',
  })),
};
