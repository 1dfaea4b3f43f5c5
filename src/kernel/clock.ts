// What time is it, and when is it later? The real clock behind the port.

import type { Clock } from './port.ts';

export const createClock = (): Clock => ({
  now: () => performance.now(),
  wall: () => Date.now(),
  after: (ms, call) => {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
});
