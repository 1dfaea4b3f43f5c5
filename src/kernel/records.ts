// Whom did the kernel kill for memory, and for which limit? Kernel log text to records; pure.

import type { OomRecord } from '../model/verdict.ts';

/** Takes kernel log text piece by piece: what belongs together may come in two drains. */
export interface RecordParser {
  feed(text: string): OomRecord[];
}

/**
 * `<level>,<seq>,<usec>,<flags>[,...];<text>`. One digit of level: the facility is the kernel's own. Every other record
 * may be written by a program and is not believed.
 */
const HEAD = /^([0-7]),(\d+),(\d+),[^;]*;(.*)$/;

/** The name is whatever stands between the first `(` and the last `) total-vm:`: it may hold brackets, blanks, all this line. */
const KILLED =
  /^(?:(Memory cgroup out of memory|Out of memory)(?: \([a-z_]+\))?: )?Killed process (\d+) \((.*)\)(?:,? UID[: ]\d+,?)? total-vm:\d+kB, anon-rss:(\d+)kB, file-rss:(\d+)kB(?:, shmem-rss:(\d+)kB)?(?:, UID:\d+ pgtables:\d+(?:kB)? oom_score_adj:(-?\d+))?$/;

/** Microseconds. A pid killed twice within this time is one kill told twice, as the first victim of a group kill is. */
const TOLD_TWICE = 10_000_000;
/** Kills remembered for that; a storm forgets the older ones. */
const REMEMBERED = 1024;

/** /dev/kmsg writes bytes that are not printable ASCII, and the backslash itself, as `\xNN`. */
export const decodeKernelText = (text: string): string =>
  text.includes('\\x')
    ? Buffer.from(
        text.replaceAll(/\\x([0-9a-f]{2})/g, (_, byte: string) =>
          String.fromCodePoint(Number.parseInt(byte, 16)),
        ),
        'latin1',
      ).toString('utf8')
    : text;

/** `oom_memcg=A,task_memcg=B` where B is A or below it. Names of cgroups may hold anything: two readings are none. */
const splitPaths = (text: string): { limit: string; task: string } | null => {
  const mark = ',task_memcg=';
  const readings: { limit: string; task: string }[] = [];
  for (let at = text.indexOf(mark); at !== -1; at = text.indexOf(mark, at + 1)) {
    const limit = text.slice(0, at);
    const task = text.slice(at + mark.length);
    if (task === limit || task.startsWith(limit === '/' ? '/' : `${limit}/`)) readings.push({ limit, task });
  }
  const [only, second] = readings;
  return only === undefined || second !== undefined ? null : only;
};

type Place = Pick<OomRecord, 'scope' | 'limitCgroup' | 'taskCgroup' | 'constraint'>;

const BEFORE_MEMS = /^oom-kill:constraint=CONSTRAINT_(\w+),/;
const MEMS = /,mems_allowed=[\d,-]*,/;
const GLOBAL = 'global_oom,task_memcg=';
const MEMCG = 'oom_memcg=';

/** The line must name the very victim of the "Killed" line; its end is the only part that cannot be forged by a name. */
const placeOf = (line: string | null, pid: number, comm: string): Place | null => {
  const end = /,uid=\d+$/.exec(line ?? '');
  const tail = `,task=${comm},pid=${pid}`;
  const body = line?.slice(0, end?.index ?? 0) ?? '';
  if (end === null || !body.endsWith(tail)) return null;
  // A name of a cpuset or of a cgroup that holds the mark itself makes the line unreadable.
  const [before = '', rest, more] = body.slice(0, -tail.length).split(MEMS);
  const constraint = more === undefined ? BEFORE_MEMS.exec(before)?.[1] : undefined;
  if (constraint === 'MEMCG' && rest?.startsWith(MEMCG) === true) {
    const paths = splitPaths(rest.slice(MEMCG.length));
    return {
      scope: 'memcg',
      constraint,
      limitCgroup: paths === null ? null : decodeKernelText(paths.limit),
      taskCgroup: paths === null ? null : decodeKernelText(paths.task),
    };
  }
  if (constraint === undefined || constraint === 'MEMCG' || rest?.startsWith(GLOBAL) !== true) return null;
  const taskCgroup = decodeKernelText(rest.slice(GLOBAL.length));
  return { scope: 'global', constraint, limitCgroup: null, taskCgroup };
};

const SCOPES: Readonly<Record<string, OomRecord['scope']>> = {
  'Memory cgroup out of memory': 'memcg',
  'Out of memory': 'global',
};

/** kB of swap by pid, from the table of tasks that comes before a kill. */
interface SwapTable {
  read(text: string): void;
  of(pid: number): number | undefined;
}

/** Columns behind `[pid]`, up to the name, which may hold anything. Pages of 4 kB, as on x64 and most of arm64. */
const createSwapTable = (): SwapTable => {
  let column = -1;
  let swap = new Map<number, number>();
  return {
    read(text) {
      if (!text.startsWith('[')) return;
      const [inside, rest] = [text.slice(1, text.indexOf(']')), text.slice(text.indexOf(']') + 1)];
      const cells = rest.trim().split(/ +/);
      if (inside.trim() === 'pid') {
        column = cells.indexOf('swapents');
        swap = new Map();
      } else if (column !== -1 && /^\d+$/.test(cells[column] ?? ''))
        swap.set(Number(inside), Number(cells[column]) * 4);
    },
    of: (pid) => swap.get(pid),
  };
};

interface Told {
  readonly line: string | null;
  readonly swap: number | undefined;
}

const recordOf = (
  found: RegExpExecArray,
  at: Pick<OomRecord, 'seq' | 'usec'>,
  { line, swap }: Told,
): OomRecord => {
  const [, prefix, pid, comm = '', anon, file, shmem, score] = found;
  const place = placeOf(line, Number(pid), comm);
  return {
    ...at,
    pid: Number(pid),
    comm: decodeKernelText(comm),
    scope: place?.scope ?? SCOPES[prefix ?? ''] ?? 'unknown',
    limitCgroup: place?.limitCgroup ?? null,
    taskCgroup: place?.taskCgroup ?? null,
    anonRss: Number(anon),
    fileRss: Number(file),
    shmemRss: Number(shmem ?? 0),
    ...(swap === undefined ? {} : { swap }),
    ...(place?.constraint === undefined ? {} : { constraint: place.constraint }),
    lines: [...(place === null || line === null ? [] : [line]), found[0]].map(decodeKernelText),
    score: score === undefined ? null : Number(score),
  };
};

export const createRecordParser = (): RecordParser => {
  // In a storm the kernel leaves "oom-kill:" lines out, so an old line may stand before a new kill: placeOf compares.
  let line: string | null = null;
  const table = createSwapTable();
  const told = new Map<number, number>();
  const isNew = ({ pid, usec }: OomRecord): boolean => {
    const before = told.get(pid);
    if (before !== undefined && usec - before < TOLD_TWICE) return false;
    if (told.size === REMEMBERED) told.clear();
    told.set(pid, usec);
    return true;
  };
  const read = (raw: string): OomRecord | null => {
    const [, , seq, usec, text] = HEAD.exec(raw) ?? [];
    if (text === undefined) return null;
    if (text.startsWith('oom-kill:constraint=')) line = text;
    table.read(text);
    const found = KILLED.exec(text);
    if (found === null) return null;
    const swap = table.of(Number(found[2]));
    const record = recordOf(found, { seq: Number(seq), usec: Number(usec) }, { line, swap });
    return isNew(record) ? record : null;
  };
  return {
    feed: (text) =>
      text
        .split('\n')
        .map(read)
        .filter((record) => record !== null),
  };
};

export const parseRecords = (text: string): OomRecord[] => createRecordParser().feed(text);
