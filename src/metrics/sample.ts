// How much memory and CPU do these processes use now?

import pidusage from 'pidusage';

export interface Sample {
  /** Bytes resident. */
  readonly memory: number;
  /** Percent of one core since the last sample of the same pid, else since its start. */
  readonly cpu: number;
}

/** Pids asked for at once: each costs buffers that the heap would keep; 500 together were worth 6 MB. */
const BATCH = 32;

const readBatch = async (pids: readonly number[]): Promise<readonly pidusage.Status[]> => {
  const read = await pidusage([...pids]).catch((): Partial<Record<string, pidusage.Status>> => ({}));
  return Object.values(read).filter((one) => one !== undefined && one !== null);
};

/**
 * One batch after the other: while the library does not know the clock's tick, each call starts two processes to ask for it.
 */
const readAll = async (pids: readonly number[]): Promise<ReadonlyMap<number, Sample>> => {
  const samples = new Map<number, Sample>();
  for (let at = 0; at < pids.length; at += BATCH)
    for (const { pid, memory, cpu } of await readBatch(pids.slice(at, at + BATCH)))
      samples.set(pid, { memory, cpu });
  return samples;
};

let last: Promise<unknown> = Promise.resolve();

/** Pids that are gone are left out. Who asks waits for those before: of two calls at the same time for one pid, the library forgets one open file. */
export const sampleUsage = (pids: readonly number[]): Promise<ReadonlyMap<number, Sample>> => {
  const mine = last.then(() => readAll(pids));
  last = mine.catch(() => undefined);
  return mine;
};
