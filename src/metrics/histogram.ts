// How long did things take, counted by upper bounds?

import type { HistogramValue } from './exposition.ts';

/** Seconds: a sweep that finds few members takes a millisecond, one of a program that must be asked first takes many seconds. */
export const SWEEP_BOUNDS: readonly number[] = [
  0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
];
/** Seconds: delays of restarts are part of it. */
export const RECOVERY_BOUNDS: readonly number[] = [
  0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300,
];

const emptyHistogram = (bounds: readonly number[]): HistogramValue => ({
  bounds,
  counts: Array.from({ length: bounds.length + 1 }, () => 0),
  sum: 0,
});

export const observe = ({ bounds, counts, sum }: HistogramValue, value: number): HistogramValue => {
  const found = bounds.findIndex((bound) => value <= bound);
  const bucket = found === -1 ? bounds.length : found;
  return {
    bounds,
    counts: counts.map((count, index) => (index === bucket ? count + 1 : count)),
    sum: sum + value,
  };
};

const isCounts = (value: unknown, length: number): value is readonly number[] =>
  Array.isArray(value) && value.length === length && value.every((one) => Number.isSafeInteger(one));

/** What was kept of a histogram with these bounds; anything else begins at zero. */
export const restoreHistogram = (kept: unknown, bounds: readonly number[]): HistogramValue => {
  const empty = emptyHistogram(bounds);
  if (typeof kept !== 'object' || kept === null || !('counts' in kept) || !('sum' in kept)) return empty;
  const { counts, sum } = kept;
  const fits = isCounts(counts, bounds.length + 1) && typeof sum === 'number';
  return fits && 'bounds' in kept && String(kept.bounds) === String(bounds) ? { bounds, counts, sum } : empty;
};
