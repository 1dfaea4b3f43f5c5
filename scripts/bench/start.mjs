// How long from the start command to the first program's exec, with one program and with 500, and to the 500th?

import { until } from '../observe/wait.mjs';
import { median, onScene, programs } from './scene.mjs';

const PROGRAMS = 500;

/** Milliseconds to the first and to the last of `count` programs. */
const startOnce = (context, count) =>
  onScene({ ...context, cast: programs('app', count) }, async ({ diary, startedAt }) => {
    await until(`${count} programs started`, () => diary.leaders().length >= count, {
      within: 60_000,
      every: 20,
    });
    const stamps = diary
      .leaders()
      .map(({ at }) => at - startedAt)
      .toSorted((a, b) => a - b);
    return { first: stamps[0], last: stamps[count - 1] };
  });

export const start = {
  name: 'start',
  async measure(context) {
    const alone = [];
    const crowded = [];
    for (let round = 0; round < (context.quick ? 1 : 5); round += 1) {
      alone.push(await startOnce(context, 1));
      crowded.push(await startOnce(context, PROGRAMS));
    }
    return {
      single: median(alone.map(({ first }) => first)),
      first: median(crowded.map(({ first }) => first)),
      last: median(crowded.map(({ last }) => last)),
    };
  },
  lines: [
    { key: 'single', label: "start → the only program's exec", unit: 'ms', target: 150 },
    { key: 'first', label: `start → first exec of ${PROGRAMS} programs`, unit: 'ms', target: 150 },
    { key: 'last', label: `   → ${PROGRAMS}th program's exec`, unit: 'ms', target: 1400 },
  ],
};
