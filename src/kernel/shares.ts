// How much memory is a process's own, with what it shares divided among those who share it? /proc/PID/smaps_rollup, read beside the event loop.

import { readFile } from 'node:fs/promises';

const KB = 1024;

/** Bytes; null for what is no such text. */
export const parsePss = (text: string): number | null => {
  const found = /^Pss:\s+(\d+) kB$/m.exec(text)?.[1];
  return found === undefined ? null : Number(found) * KB;
};

/**
 * Bytes; null when it is gone or not ours to see. The kernel walks all its pages for the answer, which takes tens of milliseconds where there are gigabytes:
 * a thread of the pool waits for it.
 */
export const readPss = async (pid: number): Promise<number | null> => {
  try {
    return parsePss(await readFile(`/proc/${pid}/smaps_rollup`, 'latin1'));
  } catch {
    // Gone, or of somebody else.
    return null;
  }
};
