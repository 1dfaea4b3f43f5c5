// How much memory and CPU do these processes use now?

import pidusage from 'pidusage';

export interface Sample {
  /** Bytes resident. */
  readonly memory: number;
  /** Percent of one core since the last sample of the same pid, else since its start. */
  readonly cpu: number;
}

/** Pids that are gone are left out. */
export const sampleUsage = async (pids: readonly number[]): Promise<ReadonlyMap<number, Sample>> => {
  if (pids.length === 0) return new Map();
  // One call for all: while the library does not know the clock's tick, each call starts two processes to ask for it.
  const read = await pidusage([...pids]).catch((): Partial<Record<string, pidusage.Status>> => ({}));
  const seen = Object.values(read).filter((one) => one !== undefined && one !== null);
  return new Map(seen.map(({ pid, memory, cpu }) => [pid, { memory, cpu }]));
};
