// Has it happened yet? Waits on a condition with a deadline, never for a fixed time.

import { setTimeout as after } from 'node:timers/promises';

/**
 * Resolves with the first value of `look` that is not null, undefined or false; looks every `every` ms and throws
 * `cannot see <what>: ...` after `within` ms.
 */
export const until = async (what, look, { within = 10_000, every = 2 } = {}) => {
  const deadline = performance.now() + within;
  for (;;) {
    const seen = await look();
    if (seen !== null && seen !== undefined && seen !== false) return seen;
    if (performance.now() > deadline) throw new Error(`cannot see ${what}: not within ${within / 1000} s`);
    await after(every);
  }
};
