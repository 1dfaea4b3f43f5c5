// When does the next hour, day or week begin? In local time, as people read logs.

import type { LogPeriod } from '../model/plan.ts';

/** Milliseconds since the epoch, of the moment that comes after `at`. Weeks begin on Monday. */
export const nextPeriod = (at: number, period: LogPeriod): number => {
  const date = new Date(at);
  const [year, month, day] = [date.getFullYear(), date.getMonth(), date.getDate()];
  switch (period) {
    case 'hour': {
      const next = new Date(year, month, day, date.getHours() + 1).getTime();
      // Where clocks are put back an hour comes twice.
      return next > at ? next : next + 3_600_000;
    }
    case 'day':
      return new Date(year, month, day + 1).getTime();
    case 'week':
      return new Date(year, month, day + 7 - ((date.getDay() + 6) % 7)).getTime();
  }
};
