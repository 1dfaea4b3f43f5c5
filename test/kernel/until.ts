// Has it happened yet? Waits on a condition with a deadline, never for a fixed time.

import { setTimeout as after } from 'node:timers/promises';

/** Looks again every few milliseconds; throws `cannot see WHAT` after ten seconds. */
export const until = async (what: string, look: () => boolean | Promise<boolean>): Promise<true> => {
  const deadline = performance.now() + 10_000;
  while (!(await look())) {
    if (performance.now() > deadline) throw new Error(`cannot see ${what}: not within 10 s`);
    await after(2);
  }
  return true;
};
