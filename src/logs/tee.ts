// What is written to two places at once? The first one decides how fast.

import type { Sink } from './sink.ts';

/** `second` never makes anybody wait. */
export const tee = (first: Sink, second: Sink): Sink => ({
  get failure() {
    return first.failure;
  },
  write(bytes) {
    second.write(bytes);
    return first.write(bytes);
  },
  ready: (call) => first.ready(call),
});
