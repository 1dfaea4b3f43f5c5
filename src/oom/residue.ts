// Does restarting help at all? Memory that stays charged to a cgroup while nobody is in it: files on a tmpfs, mostly; pure.

import { megabytes } from '../model/megabytes.ts';

/** What was charged to a cgroup before a life began in it. Bytes. */
export interface Residue {
  readonly bytes: number;
  readonly files: number;
}

/** Kills in a row before this is spoken of. */
const LIVES = 3;
/** A part of the limit that a small cache does not reach. */
const PART = 0.1;
/** Bytes that any cgroup may keep. */
const LEAST = 4 * 1024 * 1024;

/**
 * `begun`: the lives in a row that ended in an OOM kill, oldest first, by what was charged before each. Null while restarting
 * may help; the first life of a cgroup begins with nothing, so the second and later ones count.
 */
export const residueWords = (begun: readonly (Residue | null)[], memoryMax: number | null): string | null => {
  const recent = begun.slice(-(LIVES - 1));
  const known = recent.filter((residue) => residue !== null);
  const floor = Math.max(LEAST, (memoryMax ?? 0) * PART);
  if (begun.length < LIVES || known.length < LIVES - 1 || known.some(({ bytes }) => bytes < floor))
    return null;
  const last = known.at(-1);
  if (last === undefined) return null;
  const limit = memoryMax === null ? '' : ` of ${megabytes(memoryMax)}`;
  return `kill ${begun.length} in a row, and this life began with ${megabytes(last.bytes)}${limit} charged to its cgroup while nobody was in it (${megabytes(last.files)} of it files): what earlier lives left on a tmpfs, in shared memory or in the page cache; another restart does not free it, removing those files does`;
};
