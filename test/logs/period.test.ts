// When does the next hour, day or week begin?

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nextPeriod } from '../../src/logs/period.ts';

const at = (...parts: readonly [number, number, number, number?, number?]): number => {
  const [year, month, day, hour = 0, minute = 0] = parts;
  return new Date(year, month - 1, day, hour, minute).getTime();
};

describe('the next period', () => {
  test.each([
    ['hour', at(2026, 3, 4, 23, 59), at(2026, 3, 5)],
    ['hour', at(2026, 3, 4, 5), at(2026, 3, 4, 6)],
    ['day', at(2026, 2, 28, 12), at(2026, 3, 1)],
    ['day', at(2026, 12, 31), at(2027, 1, 1)],
    ['week', at(2026, 11, 22, 23, 59), at(2026, 11, 23)],
    ['week', at(2026, 11, 23), at(2026, 11, 30)],
    ['week', at(2026, 11, 25, 1), at(2026, 11, 30)],
  ] as const)('of a %s after %d begins at %d', (period, now, next) => {
    expect(nextPeriod(now, period)).toBe(next);
  });

  test('is always to come, and not far', () => {
    const moment = fc.integer({ min: 0, max: at(2100, 1, 1) });
    const most = { hour: 2 * 3_600_000, day: 25 * 3_600_000, week: 170 * 3_600_000 };
    fc.assert(
      fc.property(moment, fc.constantFrom('hour', 'day', 'week'), (now, period) => {
        const next = nextPeriod(now, period);
        expect(next).toBeGreaterThan(now);
        expect(next - now).toBeLessThanOrEqual(most[period]);
      }),
    );
  });
});
