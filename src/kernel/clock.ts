// What time is it, and when is it later? The real clock behind the port.

import { readText } from './files.ts';
import type { Clock } from './port.ts';

/** Milliseconds on the kernel's own monotonic clock, which other processes and the kernel log can be compared with. */
export const kernelMs = (): number => Number(process.hrtime.bigint()) / 1e6;

/** Clock ticks per second of /proc/PID/stat on every architecture that Node runs on. */
const TICKS = 100;
/** The most by which the kernel corrects its clocks, which the one of the log does not follow. */
const DRIFT = 0.0005;

/**
 * The earliest moment, in microseconds on the kernel log's clock, at which a process with this start tick can have begun. That clock stands still while the
 * machine sleeps, the one of start ticks does not.
 */
export const logTimeOf = (startTick: number): number => {
  const uptime = Number.parseFloat(readText('/proc/uptime') ?? '') || 0;
  const slept = Math.max(0, uptime - kernelMs() / 1000);
  return (startTick / TICKS - slept - uptime * DRIFT - 1) * 1e6;
};

/** Milliseconds that a process with this start tick has lived by now. */
export const livedSince = (startTick: number): number => {
  const uptime = Number.parseFloat(readText('/proc/uptime') ?? '') || 0;
  return Math.max(0, (uptime - startTick / TICKS) * 1000);
};

export const createClock = (): Clock => ({
  now: () => performance.now(),
  wall: () => Date.now(),
  after: (ms, call) => {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
});
