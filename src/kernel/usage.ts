// How much has one process used so far? CPU and resident memory from one read of /proc/PID/stat.

import { isRefusal, readBytes } from './files.ts';

export interface UsageRow {
  /** Tells a reused pid from the process that had it before. */
  readonly startTick: number;
  /** Seconds of CPU, user and system, of all its threads. */
  readonly cpuSeconds: number;
  /** Bytes resident; off by some pages per thread, since the kernel counts in batches. */
  readonly rss: number;
}

/** Linux gives ticks to user space at this rate on every architecture that Node runs on. */
const TICKS_PER_SECOND = 100;
/** Entry of the auxiliary vector that names the page size; entries are two 64 bit words. */
const AT_PAGESZ = 6n;
const ENTRY_BYTES = 16;
const USUAL_PAGE = 4096;

const pageSize = (): number => {
  const bytes = readBytes('/proc/self/auxv');
  if (isRefusal(bytes)) return USUAL_PAGE;
  for (let at = 0; at + ENTRY_BYTES <= bytes.length; at += ENTRY_BYTES)
    if (bytes.readBigUInt64LE(at) === AT_PAGESZ) return Number(bytes.readBigUInt64LE(at + 8));
  return USUAL_PAGE;
};

/** Positions behind the name in brackets, which may itself hold spaces and brackets; proc(5) counts from 3 there. */
const UTIME = 11;
const STIME = 12;
const START = 19;
const RSS = 21;

export const parseUsage = (text: string, page: number): UsageRow | null => {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ', RSS + 1);
  if (fields.length <= RSS) return null;
  return {
    startTick: Number(fields[START]),
    cpuSeconds: (Number(fields[UTIME]) + Number(fields[STIME])) / TICKS_PER_SECOND,
    rss: Number(fields[RSS]) * page,
  };
};

export const createUsage = (): ((pid: number) => UsageRow | 'gone') => {
  const page = pageSize();
  return (pid) => {
    const bytes = readBytes(`/proc/${pid}/stat`);
    return isRefusal(bytes) ? 'gone' : (parseUsage(bytes.toString('latin1'), page) ?? 'gone');
  };
};
