// How long from the start command to the first program's exec, and to the 500th?

import { until } from '../observe/wait.mjs';
import { median, onScene, programs } from './scene.mjs';

const PROGRAMS = 500;

const startOnce = (context) =>
  onScene({ ...context, cast: programs('app', PROGRAMS) }, async ({ diary, startedAt }) => {
    await until(`${PROGRAMS} programs started`, () => diary.leaders().length >= PROGRAMS, {
      within: 60_000,
      every: 20,
    });
    const stamps = diary
      .leaders()
      .map(({ at }) => at - startedAt)
      .toSorted((a, b) => a - b);
    return { first: stamps[0], last: stamps[PROGRAMS - 1] };
  });

export const start = {
  name: 'start',
  async measure(context) {
    const seen = [];
    for (let round = 0; round < (context.quick ? 1 : 5); round += 1) seen.push(await startOnce(context));
    return { first: median(seen.map(({ first }) => first)), last: median(seen.map(({ last }) => last)) };
  },
  lines: [
    { key: 'first', label: "start → first program's exec", unit: 'ms', target: 150 },
    { key: 'last', label: "   → 500th program's exec", unit: 'ms', target: 1400 },
  ],
};
