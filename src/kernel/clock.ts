// What time is it, and when is it later? The real clock behind the port.

import type { Clock } from './port.ts';

/** Milliseconds on the kernel's own monotonic clock, which other processes and the kernel log can be compared with. */
export const kernelMs = (): number => Number(process.hrtime.bigint()) / 1e6;

export const createClock = (): Clock => ({
  now: () => performance.now(),
  wall: () => Date.now(),
  after: (ms, call) => {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
});
