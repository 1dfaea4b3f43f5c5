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
  const read = await Promise.allSettled(pids.map((pid) => pidusage(pid)));
  const seen = read.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  return new Map(seen.map(({ pid, memory, cpu }) => [pid, { memory, cpu }]));
};
