// How long does it take to stop 200 programs that obey at once?

import { identify, isAlive } from '../observe/processes.mjs';
import { until } from '../observe/wait.mjs';
import { now } from './diary.mjs';
import { allRunning, median, onScene, programs } from './scene.mjs';

const PROGRAMS = 200;

const stopOnce = (context) =>
  onScene({ ...context, cast: programs('app', PROGRAMS) }, async (scene) => {
    await allRunning(scene);
    const left = scene.diary.leaders().map(({ pid }) => identify(pid));
    const askedAt = now();
    const reply = scene.supervisor.stopAll(scene.sandbox).then(() => now() - askedAt);
    await until('all stopped', () => {
      while (left.length > 0 && !isAlive(left[0])) left.shift();
      return left.length === 0;
    });
    const gone = now() - askedAt;
    return { gone, reply: await reply };
  });

export const stop = {
  name: 'stop',
  async measure(context) {
    const seen = [];
    for (let round = 0; round < (context.quick ? 1 : 5); round += 1) seen.push(await stopOnce(context));
    return { gone: median(seen.map(({ gone }) => gone)), reply: median(seen.map(({ reply }) => reply)) };
  },
  lines: [
    { key: 'gone', label: 'stop all of 200 that obey at once', unit: 'ms', target: 110 },
    { key: 'reply', label: '   → the reply', unit: 'ms', target: 'peer' },
  ],
};
