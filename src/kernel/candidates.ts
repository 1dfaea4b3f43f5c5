// What does the OOM killer see of a process, and which limits stand above it? /proc and the cgroup files, read when asked.

import { isRefusal, readBytes, readNumber, readText } from './files.ts';
import { folderOf, memoryPlaces, type CgroupPlace } from './cgroup-place.ts';

/** Bytes. */
export interface Candidate {
  readonly pid: number;
  readonly parent: number;
  readonly comm: string;
  readonly rss: number;
  readonly anon: number;
  readonly file: number;
  readonly shmem: number;
  readonly swap: number;
  readonly pageTables: number;
  readonly score: number;
  /** /proc/PID/oom_score. */
  readonly kernelScore: number | null;
}

/** A cgroup with a memory limit. */
export interface LimitedCgroup {
  /** As the kernel log writes it. */
  readonly path: string;
  readonly limit: number;
  readonly used: number | null;
}

const KB = 1024;

const numberOf = (path: string): number | null => {
  const bytes = readBytes(path);
  return isRefusal(bytes) ? null : Number(bytes.toString('latin1'));
};

/** /proc/PID/oom_score; null when it cannot be read. */
export const kernelScore = (pid: number): number | null => readNumber(`/proc/${pid}/oom_score`);

const FIELD = /^(VmRSS|RssAnon|RssFile|RssShmem|VmSwap|VmPTE|PPid|Name):\s+(.*?)(?: kB)?$/gm;

/** Null when it is gone, or has no memory of its own: kernel threads, zombies. */
export const readCandidate = (pid: number): Candidate | null => {
  const status = readBytes(`/proc/${pid}/status`);
  if (isRefusal(status)) return null;
  const fields = new Map(
    [...status.toString('utf8').matchAll(FIELD)].map(([, name, value]) => [name, value]),
  );
  const bytes = (name: string): number => Number(fields.get(name) ?? 0) * KB;
  const score = numberOf(`/proc/${pid}/oom_score_adj`);
  if (!fields.has('VmRSS') || score === null) return null;
  return {
    pid,
    parent: Number(fields.get('PPid') ?? 0),
    comm: fields.get('Name') ?? '',
    rss: bytes('VmRSS'),
    anon: bytes('RssAnon'),
    file: bytes('RssFile'),
    shmem: bytes('RssShmem'),
    swap: bytes('VmSwap'),
    pageTables: bytes('VmPTE'),
    score,
    kernelScore: kernelScore(pid),
  };
};

/** v1 writes "no limit" as the largest multiple of a page that fits. */
const UNLIMITED = 2 ** 62;

const FILES = {
  1: { limit: 'memory.limit_in_bytes', used: 'memory.usage_in_bytes' },
  2: { limit: 'memory.max', used: 'memory.current' },
} as const;

const limitedAt = (folder: string, path: string, version: 1 | 2): LimitedCgroup | null => {
  const files = FILES[version];
  const limit = Number.parseInt(readText(`${folder}/${files.limit}`) ?? '', 10);
  if (Number.isNaN(limit) || limit >= UNLIMITED) return null;
  const used = Number.parseInt(readText(`${folder}/${files.used}`) ?? '', 10);
  return { path, limit, used: Number.isNaN(used) ? null : used };
};

/** The limits above one pid, the nearest first; one reading of each cgroup for all pids. */
export const createLimitLookup = (): ((pid: number) => readonly LimitedCgroup[]) => {
  const mountinfo = readText('/proc/self/mountinfo') ?? '';
  const known = new Map<string, LimitedCgroup | null>();
  const look = (place: CgroupPlace): LimitedCgroup | null => {
    const found = known.get(place.path);
    if (found !== undefined) return found;
    const folder = folderOf(place);
    const limited = folder === null ? null : limitedAt(folder, place.path, place.mount.version);
    known.set(place.path, limited);
    return limited;
  };
  return (pid) =>
    memoryPlaces(mountinfo, readText(`/proc/${pid}/cgroup`) ?? '').flatMap((place) => look(place) ?? []);
};

export interface MachineTotals {
  /** Bytes, as the kernel's own formula takes them: memory and swap. */
  readonly memory: number;
  readonly swap: number;
  /** Of one page. */
  readonly page: number;
}

/** The same size told in pages and in kB. */
const pageSize = (): number => {
  const pages = Number.parseInt(readText('/proc/self/statm') ?? '', 10);
  const kilobytes = Number(/^VmSize:\s+(\d+) kB$/m.exec(readText('/proc/self/status') ?? '')?.[1]);
  const size = Math.round((kilobytes * KB) / pages / KB) * KB;
  return size > 0 ? size : 4096;
};

export const machineTotals = (): MachineTotals => {
  const text = readText('/proc/meminfo') ?? '';
  const field = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1] ?? 0) * KB;
  return { memory: field('MemTotal'), swap: field('SwapTotal'), page: pageSize() };
};
