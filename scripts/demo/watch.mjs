// When did each of them die, and who came after? Looks from outside, without asking tsvisor.

import { isAlive } from '../observe/processes.mjs';
import { until } from '../observe/wait.mjs';
import { order } from './stage.mjs';

/** Milliseconds on `clock` when the last of `family` was seen gone. */
export const allGone = (family, clock) => {
  const left = [...family];
  return until('the old members gone', () => {
    while (left.length > 0 && !isAlive(left[0])) left.shift();
    return left.length === 0 && { at: clock() };
  }).then(({ at }) => at);
};

/** `{ at, who, port }`: the worker on `port` once it is another process than `oldLeader`. */
export const successor = (port, oldLeader, clock) =>
  until(
    'a successor on the port',
    async () => {
      const who = await order(port, 'who');
      return who !== null && who.leader !== oldLeader && { at: clock(), who, port };
    },
    { within: 20_000, every: 5 },
  );

export const stopwatch = () => {
  const start = performance.now();
  return () => performance.now() - start;
};
