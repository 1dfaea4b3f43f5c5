// How does a command wait for something that nobody announces to it?

import { setTimeout as pause } from 'node:timers/promises';

const LOOK_EVERY_MS = 20;

export interface Waiting {
  /** Milliseconds; null waits for ever. */
  readonly within: number | null;
  /** Called about every three seconds. */
  readonly still?: () => Promise<void>;
}

const STILL_EVERY_MS = 3000;

/** Looks until `look` answers something other than null; null when the time is over. */
export const until = async <T>(look: () => Promise<T | null>, waiting: Waiting): Promise<T | null> => {
  const begun = performance.now();
  let said = begun;
  for (;;) {
    const seen = await look();
    if (seen !== null) return seen;
    const now = performance.now();
    if (waiting.within !== null && now - begun > waiting.within) return null;
    if (now - said > STILL_EVERY_MS) {
      said = now;
      await waiting.still?.();
    }
    await pause(LOOK_EVERY_MS);
  }
};
