// What does a memory controller count and enforce for one cgroup, and in which file?

import { instanceOf } from './cgroup-folder.ts';
import { numberIn, readText, writeText } from './files.ts';

export interface Counters {
  readonly cgroup: number | null;
  readonly limitHits: number | null;
  readonly groupKills: number | null;
}

export interface Charge {
  readonly bytes: number;
  readonly files: number;
}

export interface Limits {
  readonly max: number | null;
  readonly high: number | null;
}

export interface Limited {
  readonly enforcedBy: string | null;
  readonly refusal: string | null;
}

/** One version of the memory controller. */
export interface MemoryFiles {
  readonly version: 'v1' | 'v2';
  /** As the kernel has them now; they begin at 0 with every new cgroup. */
  read(folder: string): Counters;
  charge(folder: string): Charge | null;
  limit(folder: string, limits: Limits): Limited;
}

export const UNKNOWN: Counters = { cgroup: null, limitHits: null, groupKills: null };

const chargeIn = (folder: string, names: { current: string; files: string }): Charge | null => {
  const bytes = Number.parseInt(readText(`${folder}/${names.current}`) ?? '', 10);
  if (Number.isNaN(bytes)) return null;
  return { bytes, files: numberIn(readText(`${folder}/memory.stat`) ?? '', names.files) ?? 0 };
};

const refused = (file: string, code: string): string => `${file}: ${code}`;

/** memory.events and not memory.events.local: a program may make cgroups below its own, and their members are members. */
export const memoryV2: MemoryFiles = {
  version: 'v2',
  read: (folder) => {
    const text = readText(`${folder}/memory.events`);
    if (text === null) return UNKNOWN;
    const [cgroup, limitHits] = [numberIn(text, 'oom_kill'), numberIn(text, 'oom')];
    return { cgroup, limitHits, groupKills: numberIn(text, 'oom_group_kill') };
  },
  charge: (folder) => chargeIn(folder, { current: 'memory.current', files: 'file' }),
  limit: (folder, { max, high }) => {
    const maxFile = `${folder}/memory.max`;
    const highFile = `${folder}/memory.high`;
    const code = writeText(maxFile, max === null ? 'max' : String(max));
    if (code !== null) return { enforcedBy: null, refusal: refused(maxFile, code) };
    const highCode = writeText(highFile, high === null ? 'max' : String(high));
    const byHigh = high === null || highCode !== null ? null : 'memory.high';
    return {
      enforcedBy: max === null ? byHigh : 'memory.max',
      refusal: highCode === null ? null : refused(highFile, highCode),
    };
  },
};

/** `oom_kill` in memory.oom_control is since Linux 4.13. v1 has no limit that slows down, only one that kills. */
export const memoryV1: MemoryFiles = {
  version: 'v1',
  read: (folder) => {
    const text = readText(`${folder}/memory.oom_control`);
    return text === null ? UNKNOWN : { ...UNKNOWN, cgroup: numberIn(text, 'oom_kill') };
  },
  charge: (folder) => chargeIn(folder, { current: 'memory.usage_in_bytes', files: 'total_cache' }),
  limit: (folder, { max, high }) => {
    const file = `${folder}/memory.limit_in_bytes`;
    const code = writeText(file, max === null ? '-1' : String(max));
    if (code !== null) return { enforcedBy: null, refusal: refused(file, code) };
    return {
      enforcedBy: max === null ? null : 'memory.limit_in_bytes',
      refusal: high === null ? null : 'memory_high needs cgroup v2; here the memory controller is v1',
    };
  },
};

const sum = (counted: number | null, base: number): number | null =>
  counted === null ? null : counted + base;

/** Counters that never fall: what a cgroup had counted before it was removed and made again is kept. */
export const createCounters = (files: MemoryFiles, folder: string): (() => Counters) => {
  let instance: number | null = null;
  let last: Counters = UNKNOWN;
  let kept = { cgroup: 0, limitHits: 0, groupKills: 0 };
  return () => {
    const now = instanceOf(folder);
    if (now !== instance && now !== null) {
      kept = {
        cgroup: kept.cgroup + (last.cgroup ?? 0),
        limitHits: kept.limitHits + (last.limitHits ?? 0),
        groupKills: kept.groupKills + (last.groupKills ?? 0),
      };
      instance = now;
      last = UNKNOWN;
    }
    const read = files.read(folder);
    if (read.cgroup !== null) last = read;
    return {
      cgroup: sum(read.cgroup, kept.cgroup),
      limitHits: sum(read.limitHits, kept.limitHits),
      groupKills: sum(read.groupKills, kept.groupKills),
    };
  };
};
