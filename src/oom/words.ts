// How is evidence told to people? Sentences and their parts; pure.

import type { Cause, Evidence, OomRecord } from '../model/verdict.ts';

const KB_PER_MB = 1024;
const MB = 1024 * 1024;

const megabytes = (bytes: number): string => {
  const value = bytes / MB;
  return `${value >= 10 ? Math.round(value) : Math.round(value * 10) / 10} MB`;
};

/** A name as a program gave it to itself may hold anything; what could disturb a terminal or a log is shown as \xNN. */
export const printable = (text: string): string =>
  text.replaceAll(/[\p{C}\\]/gu, (letter) =>
    [...Buffer.from(letter)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join(''),
  );

/** A cgroup whose limit is spoken of: in a cgroup namespace the topmost is the container's own. */
export const placeWords = (path: string): string => (path === '/' ? 'this container' : printable(path));

const recordWords = (record: OomRecord): string => {
  const score = record.score === null ? '' : `, oom_score_adj ${record.score}`;
  const anon = Math.round(record.anonRss / KB_PER_MB);
  return `kernel log: Killed process ${record.pid} (${printable(record.comm)}), anon ${anon} MB${score}`;
};

const went = (what: string, before: number | null, after: number | null): string | null => {
  if (after === null) return null;
  return before === after ? `${what} stayed at ${after}` : `${what} went ${before ?? '?'} -> ${after}`;
};

const wentUp = (before: number | null = null, after: number | null = null): boolean =>
  before !== null && after !== null && after > before;

/** Only v2 counts limit hits, so their presence tells which file was read. */
const counterFile = ({ after }: Evidence): string =>
  after.limitHits === null ? 'memory.oom_control oom_kill' : 'memory.events oom_kill';

const LOG_WORDS: Readonly<Record<Evidence['kernelLog'], string>> = {
  readable: 'the kernel log names no process of it',
  'lost-records': 'the kernel log has lost records',
  denied: 'the kernel log may not be read',
  absent: 'there is no kernel log',
};

/** The facts, strongest first. The machine's counter speaks only where the cgroup's is missing. */
export const factWords = (evidence: Evidence, record: OomRecord | null): string => {
  const { before, after } = evidence;
  const counter =
    went(counterFile(evidence), before.cgroup, after.cgroup) ??
    went('/proc/vmstat oom_kill', before.machine, after.machine) ??
    'no counter can be read';
  const whole = wentUp(before.groupKills, after.groupKills)
    ? '; memory.events oom_group_kill rose: the kernel took the whole cgroup'
    : '';
  return `${counter}${whole}; ${record === null ? LOG_WORDS[evidence.kernelLog] : recordWords(record)}`;
};

export interface LimitFacts {
  readonly cause: Cause;
  /** Bytes of the process's own limit. */
  readonly memoryMax: number | null;
  readonly record: OomRecord | null;
  /** Its own limit, if it has one, was not hit. */
  readonly notOwn: boolean;
}

/** "for its own limit of 64 MB", to stand after "killed by the kernel". */
export const limitWords = ({ cause, memoryMax, record, notOwn }: LimitFacts): string => {
  if (cause === 'own-limit')
    return memoryMax === null ? 'for its own memory limit' : `for its own limit of ${megabytes(memoryMax)}`;
  if (cause === 'outer-limit')
    return `for the memory limit of ${printable(record?.limitCgroup ?? 'an outer cgroup')}`;
  if (cause === 'machine') return 'because the machine was out of memory';
  return notOwn && memoryMax !== null ? 'for memory, though not for its own limit' : 'for memory';
};
