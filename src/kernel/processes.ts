// Which processes are there, what are they, and how are they signalled? /proc and kill(2).

import { readdirSync } from 'node:fs';
import type { Identity } from '../model/phase.ts';
import type { Signal } from '../model/signals.ts';
import { isRefusal, readBytes, readText, refusalOf, writeText } from './files.ts';
import type { MemoryRow, ProcessRow, Processes, Refusal } from './port.ts';
import { isDead, parseRow } from './rows.ts';

const KB = 1024;

const row = (pid: number): ProcessRow | 'gone' => {
  const bytes = readBytes(`/proc/${pid}/stat`);
  return isRefusal(bytes) ? 'gone' : (parseRow(bytes.toString('utf8')) ?? 'gone');
};

const isSame = (found: ProcessRow | 'gone', identity: Identity): found is ProcessRow =>
  found !== 'gone' && found.startTick === identity.startTick;

const alive = (identity: Identity): boolean => {
  const found = row(identity.pid);
  return isSame(found, identity) && !isDead(found);
};

const all = (): ProcessRow[] => {
  const rows: ProcessRow[] = [];
  for (const name of readdirSync('/proc')) {
    const first = name.codePointAt(0) ?? 0;
    if (first < 0x31 || first > 0x39) continue;
    const found = row(Number(name));
    if (found !== 'gone') rows.push(found);
  }
  return rows;
};

/** The last word of /proc/loadavg, in our PID namespace. */
const newest = (): number | null => {
  const pid = Number(readText('/proc/loadavg')?.trim().split(' ').at(-1) ?? Number.NaN);
  return Number.isNaN(pid) ? null : pid;
};

const threads = (pid: number): string[] => {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch (error) {
    // Gone or hidden: either way no thread that could have children for us.
    return refusalOf(error) === 'gone' ? [] : [String(pid)];
  }
};

/** /proc/PID/task/TID/children is a build option of the kernel; without it every process is asked for its parent. */
const children = (pid: number): number[] => {
  const found: number[] = [];
  for (const thread of threads(pid)) {
    const text = readText(`/proc/${pid}/task/${thread}/children`);
    if (text === null && row(pid) !== 'gone')
      return all()
        .filter((one) => one.ppid === pid)
        .map((one) => one.pid);
    for (const word of text?.split(' ') ?? []) if (word !== '') found.push(Number(word));
  }
  return found;
};

const environ = (pid: number, name: string): { value: string | null } | Refusal => {
  const bytes = readBytes(`/proc/${pid}/environ`);
  if (isRefusal(bytes)) return bytes;
  const wanted = `${name}=`;
  let at = bytes.indexOf(wanted);
  while (at > 0 && bytes[at - 1] !== 0) at = bytes.indexOf(wanted, at + 1);
  if (at === -1) return { value: null };
  const end = bytes.indexOf(0, at);
  return { value: bytes.toString('utf8', at + wanted.length, end === -1 ? bytes.length : end) };
};

const memory = (pid: number): MemoryRow | Refusal => {
  const bytes = readBytes(`/proc/${pid}/status`);
  if (isRefusal(bytes)) return bytes;
  const text = bytes.toString('latin1');
  const field = (name: string): number | null => {
    const found = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text);
    return found === null ? null : Number(found[1]) * KB;
  };
  const rss = field('VmRSS');
  // A zombie and a kernel thread have no memory of their own.
  if (rss === null) return 'gone';
  return { rss, anon: field('RssAnon') ?? 0, swap: field('VmSwap') ?? 0, pageTables: field('VmPTE') ?? 0 };
};

const pss = (pid: number): number | Refusal => {
  const bytes = readBytes(`/proc/${pid}/smaps_rollup`);
  if (isRefusal(bytes)) return bytes;
  const found = /^Pss:\s+(\d+) kB$/m.exec(bytes.toString('latin1'));
  return found === null ? 'gone' : Number(found[1]) * KB;
};

const send = (pid: number, signal: Signal): 'sent' | Refusal => {
  try {
    process.kill(pid, signal);
    return 'sent';
  } catch (error) {
    return refusalOf(error);
  }
};

const signal = (identity: Identity, sent: Signal): 'sent' | Refusal =>
  alive(identity) ? send(identity.pid, sent) : 'gone';

/**
 * While a group has members its number is not given to a new process, so a leader that is gone still names its own
 * group; a leader of another start tick names a stranger's.
 */
const signalGroup = (leader: Identity, sent: Signal): 'sent' | Refusal => {
  if (leader.pid <= 1) return 'denied';
  const own = row(process.pid);
  if (own !== 'gone' && own.pgid === leader.pid) return 'denied';
  const found = row(leader.pid);
  if (found !== 'gone' && found.startTick !== leader.startTick) return 'gone';
  return send(-leader.pid, sent);
};

const score = (pid: number): number | Refusal => {
  const bytes = readBytes(`/proc/${pid}/oom_score_adj`);
  return isRefusal(bytes) ? bytes : Number(bytes.toString('latin1'));
};

const setScore = (pid: number, value: number): { effective: number; refusal: string | null } => {
  const refusal = writeText(`/proc/${pid}/oom_score_adj`, String(value));
  const effective = score(pid);
  return { effective: isRefusal(effective) ? 0 : effective, refusal };
};

export const createProcesses = (): Processes => ({
  row,
  alive,
  all,
  newest,
  children,
  environ,
  memory,
  pss,
  signal,
  signalGroup,
  score,
  setScore,
});

/** The kernel's name for this boot: pids and start ticks mean nothing in another. Empty when it cannot be read. */
export const bootId = (): string => readText('/proc/sys/kernel/random/boot_id')?.trim() ?? '';
