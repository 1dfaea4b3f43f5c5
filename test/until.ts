// Has it happened yet? Waits on a condition with a deadline, never for a fixed time.

import { setTimeout as after } from 'node:timers/promises';

export interface Deadline {
  /** Milliseconds; 10 s when absent. */
  readonly within?: number;
  /** Milliseconds between two looks; 5 when absent. */
  readonly every?: number;
}

type Seen<T> = Exclude<T, null | undefined | false>;

const isSeen = <T>(value: T): value is Seen<T> => value !== null && value !== undefined && value !== false;

/** Resolves with the first thing seen; throws `cannot see <what>: ...` with the last look's error after the deadline. */
export const until = async <T>(
  what: string,
  look: () => T | Promise<T>,
  { within = 10_000, every = 5 }: Deadline = {},
): Promise<Seen<T>> => {
  const deadline = performance.now() + within;
  for (;;) {
    const seen = await look();
    if (isSeen(seen)) return seen;
    if (performance.now() > deadline) throw new Error(`cannot see ${what}: not within ${within / 1000} s`);
    await after(every);
  }
};
