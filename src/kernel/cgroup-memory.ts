// What does a memory controller count and enforce for one cgroup, and in which file?

import { instanceOf } from './cgroup-folder.ts';
import { numberIn, readNumber, readText } from './files.ts';
import { setV1, setV2, type Limited } from './memory-limits.ts';
import type { MemoryLimits } from './port.ts';

export interface Counters {
  readonly cgroup: number | null;
  readonly limitHits: number | null;
  readonly groupKills: number | null;
}

export interface Charge {
  readonly bytes: number;
  readonly files: number;
}

/** One version of the memory controller. */
export interface MemoryFiles {
  readonly version: 'v1' | 'v2';
  /** As the kernel has them now; they begin at 0 with every new cgroup. */
  read(folder: string): Counters;
  charge(folder: string): Charge | null;
  charged(folder: string): number | null;
  limit(folder: string, limits: MemoryLimits): Limited;
}

export const UNKNOWN: Counters = { cgroup: null, limitHits: null, groupKills: null };

const chargeIn = (folder: string, names: { current: string; files: string }): Charge | null => {
  const bytes = readNumber(`${folder}/${names.current}`);
  if (bytes === null) return null;
  return { bytes, files: numberIn(readText(`${folder}/memory.stat`) ?? '', names.files) ?? 0 };
};

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
  charged: (folder) => readNumber(`${folder}/memory.current`),
  limit: setV2,
};

/** `oom_kill` in memory.oom_control is since Linux 4.13. v1 has no limit that slows down, only one that kills. */
export const memoryV1: MemoryFiles = {
  version: 'v1',
  read: (folder) => {
    const text = readText(`${folder}/memory.oom_control`);
    return text === null ? UNKNOWN : { ...UNKNOWN, cgroup: numberIn(text, 'oom_kill') };
  },
  charge: (folder) => chargeIn(folder, { current: 'memory.usage_in_bytes', files: 'total_cache' }),
  charged: (folder) => readNumber(`${folder}/memory.usage_in_bytes`),
  limit: setV1,
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
