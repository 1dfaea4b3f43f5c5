// Which clock ticks are due? One when the wall clock enters another slice of 5, 60 or 3600 seconds.

import type { Note } from './note.ts';

const PERIODS = [5, 60, 3600] as const;
const NONE: readonly Note[] = [];

/** `wall` in milliseconds since the epoch; call it every second or so. Nothing at the first call, as in supervisord. */
export const createTicks = (): ((wall: number) => readonly Note[]) => {
  const last = new Map<number, number>();
  let shortest = Number.NaN;
  return (wall) => {
    // Longer slices end with a shortest one.
    const slices = Math.floor(wall / 1000 / PERIODS[0]);
    if (slices === shortest) return NONE;
    shortest = slices;
    return PERIODS.flatMap((period) => {
      const seconds = Math.floor(wall / 1000);
      const slice = seconds - (seconds % period);
      const before = last.get(period) ?? slice;
      last.set(period, slice);
      return slice === before ? [] : [{ name: `TICK_${period}` as const, payload: `when:${slice}` }];
    });
  };
};
