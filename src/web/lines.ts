// How did some processes do in the last minutes? Asked by the script for rows that are in view: one letter for each point.

import type { Backend, Point } from './backend.ts';

/** Rows that may be asked for at once: more than fit on any screen. */
const MOST_ROWS = 120;
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
/** A line of idle noise is not drawn as a mountain: what fills its height at least, percent and bytes. */
const LEAST: Point = { cpu: 5, memory: 1_048_576 };

/** `a` is zero, `z` the largest of them. */
export const lineOf = (history: readonly Point[], of: keyof Point): string => {
  const values = history.map((point) => point[of]);
  const most = Math.max(LEAST[of], ...values);
  return values.map((value) => LETTERS[Math.round((value / most) * (LETTERS.length - 1))] ?? 'a').join('');
};

/** By namespec: lines of CPU and of memory, oldest point first. Unknown names are left out. */
export const linesOf = (
  backend: Backend,
  keys: readonly string[],
): Readonly<Record<string, readonly [cpu: string, memory: string]>> => {
  const known = keys.slice(0, MOST_ROWS).map((key) => [key, backend.history(key)] as const);
  const drawn = known.filter(([, history]) => history.length > 1);
  return Object.fromEntries(
    drawn.map(([key, history]) => [key, [lineOf(history, 'cpu'), lineOf(history, 'memory')]]),
  );
};
