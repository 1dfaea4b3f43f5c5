// How long does one wait before looking again? Turns of the event loop first, then timers that grow.

import type { Clock } from '../kernel/port.ts';

export interface Pace {
  /** Waits once, never beyond `until` (monotonic milliseconds), and says for what. */
  rest(until: number): Promise<'turn' | 'timer'>;
}

interface Steps {
  /** Looks in consecutive turns of the event loop. */
  readonly turns: number;
  /** Then timers of so many milliseconds, the last one repeated. */
  readonly delays: readonly number[];
}

/** 150 turns are about 2 ms: four members die within one. A look that costs milliseconds is made less often. */
const STEPS: Readonly<Record<'cheap' | 'costly', Steps>> = {
  cheap: { turns: 150, delays: [1, 2, 4, 8, 16, 20] },
  costly: { turns: 1, delays: [2, 5, 10, 20, 50, 100] },
};

const nextTurn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

export const pause = (clock: Clock, ms: number): Promise<void> =>
  new Promise((resolve) => {
    clock.after(ms, resolve);
  });

export const createPace = (clock: Clock, look: 'cheap' | 'costly'): Pace => {
  const { delays, turns } = STEPS[look];
  let rests = 0;
  return {
    async rest(until) {
      rests += 1;
      if (rests <= turns) {
        await nextTurn();
        return 'turn';
      }
      const delay = delays[Math.min(rests - turns, delays.length) - 1] ?? 1;
      await pause(clock, Math.max(0, Math.min(delay, until - clock.now())));
      return 'timer';
    },
  };
};
