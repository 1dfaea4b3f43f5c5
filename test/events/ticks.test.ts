// Does the clock tick when supervisord's does?

import { expect, test } from 'vitest';
import { createTicks } from '../../src/events/ticks.ts';

const SECOND = 1000;

test('nothing at the start, then one tick for each slice entered, with the time the slice begins at', () => {
  const ticks = createTicks();
  const seen = [58, 59, 60, 61, 64, 65].flatMap((at) =>
    ticks(at * SECOND + 7).map(({ name, payload }) => `${name} ${payload}`),
  );
  expect(seen).toEqual(['TICK_5 when:60', 'TICK_60 when:60', 'TICK_5 when:65']);
});

test('a sleep over several slices gives one tick of each kind', () => {
  const ticks = createTicks();
  ticks(0);
  expect(ticks(7300 * SECOND).map(({ payload }) => payload)).toEqual(['when:7300', 'when:7260', 'when:7200']);
});
