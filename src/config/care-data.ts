// How does a config say what was read of the keys that care for memory? Values back to settings, in the words of the keys.

import type { MemoryCare, OnPressure, OomRestart } from '../model/memory-care.ts';

type Data = Readonly<Record<string, unknown>>;

const oomRestart = ({ delay, maxDelay, jitter, most, window, afterwards }: OomRestart): Data => {
  const settings = new Map<string, unknown>();
  settings.set('delay', delay);
  settings.set('max_delay', maxDelay);
  settings.set('jitter', `${Math.round(jitter * 100)}%`);
  if (most !== null) settings.set('max_per_window', `${most}/${window}s`);
  settings.set('then', afterwards);
  return Object.fromEntries(settings);
};

const act = ({ act: done }: OnPressure): string => {
  if (done.kind === 'restart') return 'restart';
  return done.kind === 'signal' ? `signal:${done.signal}` : `run:${done.command}`;
};

/** What is not set is left out. */
const without = (entries: Data): Data =>
  Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== null));

export const careData = ({ startWhen, limitWatch, onPressure, ...care }: MemoryCare): Data => ({
  memory_swap_max: care.swapMax,
  memory_oom_group: care.oomGroup,
  oom_restart: care.oomRestart === null ? 'none' : oomRestart(care.oomRestart),
  start_when:
    startWhen === null
      ? 'none'
      : without({ memory_available: startWhen.memoryAvailable, pressure_below: startWhen.pressureBelow }),
  memory_limit_watch: limitWatch === null ? 'none' : without({ ...limitWatch }),
  on_pressure:
    onPressure === null ? 'none' : { above: onPressure.above, for: onPressure.seconds, do: act(onPressure) },
  memory_pressure_watch: care.tellPressure,
  measure_pss: care.measurePss,
});
