// How much memory is left to us: the machine's, or what the tightest limit of a cgroup around us leaves?

import { folderOf, memoryPlaces, type CgroupPlace } from './cgroup-place.ts';
import { numberIn, readNumber, readText } from './files.ts';

/** Bytes. */
export interface Headroom {
  /** Null when it cannot be read. */
  readonly available: number | null;
  /** Of the machine, or the limit that leaves the least. */
  readonly total: number;
  /** Path of that limit's cgroup; null for the machine. */
  readonly limitedBy: string | null;
}

export interface HeadroomFiles {
  readonly mountinfo?: string;
  /** As /proc/self/cgroup; read again now and then, since we may be moved. */
  readonly ownCgroup?: () => string;
  readonly machine: () => { readonly available: number | null; readonly total: number };
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** Milliseconds after which limits around us are looked for anew: `docker update` sets them while we run. */
const LOOK_AGAIN = 30_000;
/** v1 writes "no limit" as the largest multiple of a page that fits. */
const UNLIMITED = 2 ** 62;

const FILES = {
  1: {
    limits: ['memory.limit_in_bytes'],
    used: 'memory.usage_in_bytes',
    dropped: ['total_inactive_file', 'total_active_file'],
  },
  2: {
    limits: ['memory.max', 'memory.high'],
    used: 'memory.current',
    dropped: ['inactive_file', 'active_file', 'slab_reclaimable'],
  },
} as const;

interface Limit {
  readonly path: string;
  readonly folder: string;
  readonly version: 1 | 2;
}

const bytesIn = (path: string): number | null => {
  const bytes = readNumber(path);
  return bytes === null || bytes >= UNLIMITED ? null : bytes;
};

const limitOf = ({ folder, version }: Limit): number | null => {
  const limits = FILES[version].limits.flatMap((name) => bytesIn(`${folder}/${name}`) ?? []);
  return limits.length === 0 ? null : Math.min(...limits);
};

/** As MemAvailable counts it: file pages and the like are dropped before anybody is killed. */
const leftUnder = (limit: Limit): Headroom | null => {
  const { used, dropped } = FILES[limit.version];
  const [total, charged] = [limitOf(limit), bytesIn(`${limit.folder}/${used}`)];
  if (total === null || charged === null) return null;
  const stat = readText(`${limit.folder}/memory.stat`) ?? '';
  const droppable = dropped.reduce((sum, name) => sum + (numberIn(stat, name) ?? 0), 0);
  const available = Math.max(0, Math.min(total, total - charged + droppable));
  return { available, total, limitedBy: limit.path };
};

const limitAt = (place: CgroupPlace): Limit | null => {
  const folder = folderOf(place);
  const limit = folder === null ? null : { path: place.path, folder, version: place.mount.version };
  return limit === null || limitOf(limit) === null ? null : limit;
};

const less = (one: Headroom, other: Headroom): Headroom =>
  (other.available ?? Infinity) < (one.available ?? Infinity) ? other : one;

/** Costs one read of /proc/meminfo, and three small ones for each limit around us. */
export const createHeadroom = (files: HeadroomFiles): (() => Headroom) => {
  const mountinfo = files.mountinfo ?? readText('/proc/self/mountinfo') ?? '';
  const ownCgroup = files.ownCgroup ?? ((): string => readText('/proc/self/cgroup') ?? '');
  let limits: readonly Limit[] = [];
  let lookedAt = -Infinity;
  return () => {
    if (files.now() - lookedAt >= LOOK_AGAIN) {
      lookedAt = files.now();
      limits = memoryPlaces(mountinfo, ownCgroup()).flatMap((place) => limitAt(place) ?? []);
    }
    const machine: Headroom = { ...files.machine(), limitedBy: null };
    return limits.flatMap((limit) => leftUnder(limit) ?? []).reduce(less, machine);
  };
};
