// What have daemons that kill for memory written of late? Their lines in the kernel log and at the end of the system's log files.

import { closeSync, fstatSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { isShortage } from './files.ts';

export interface KillerMarks {
  /** Lines that were read from the kernel log. */
  add(lines: readonly string[]): void;
  /** Oldest first; those of files only where a file was written to within the last minute. */
  recent(): readonly string[];
}

const FILES: readonly string[] = ['/var/log/syslog', '/var/log/messages'];
/** Bytes read from the end of a log file. */
const TAIL = 16_384;
/** Lines of the kernel log kept. */
const KEPT = 64;
const RECENT_MS = 60_000;

const KILLER = /\b(earlyoom|nohang|systemd-oomd|oomd)\b/;

const tailOf = (path: string): string => {
  let file: number | null = null;
  try {
    file = openSync(path, 'r');
    const { size, mtimeMs } = fstatSync(file);
    if (Date.now() - mtimeMs > RECENT_MS) return '';
    const bytes = Buffer.alloc(Math.min(size, TAIL));
    return bytes.toString('utf8', 0, readSync(file, bytes, 0, bytes.length, size - bytes.length));
  } catch {
    // Most machines have none of these files, and not everybody may read them: then they say nothing.
    return '';
  } finally {
    if (file !== null) closeSync(file);
  }
};

export const createMarks = (files: readonly string[] = FILES): KillerMarks => {
  let kept: readonly string[] = [];
  return {
    add(lines) {
      if (lines.length > 0) kept = [...kept, ...lines.map((line) => line.trimEnd())].slice(-KEPT);
    },
    recent: () =>
      [...kept, ...files.flatMap((path) => tailOf(path).split('\n'))].filter((line) => KILLER.test(line)),
  };
};

/** Of those that leave nothing but words. */
const SPEAKERS = new Set(['earlyoom', 'nohang']);
const OOMD = 'systemd-oomd';

const commOf = (pid: string): string => {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'latin1').trimEnd();
  } catch {
    // It has ended since the folder was read.
    return '';
  }
};

const pidsNow = (): readonly string[] => {
  try {
    return readdirSync('/proc');
  } catch (error) {
    // A verdict without this witness is better than none.
    if (isShortage(error)) return [];
    throw error;
  }
};

/** Milliseconds after which a process may have another name, or its pid another process. */
const STALE_MS = 300_000;
/** Milliseconds for which a look holds: one death asks several times. */
const FRESH_MS = 20;

export interface Killers {
  /** Names of the running daemons that leave nothing but words. */
  speakers(): readonly string[];
  oomd(): boolean;
}

/** A restart waits for the answer: only processes that the look before has not seen are asked for their names. */
export const createKillers = (now: () => number = () => performance.now()): Killers => {
  let names = new Map<string, string>();
  let begun = -Infinity;
  let looked = -Infinity;
  const look = (): ReadonlySet<string> => {
    const at = now();
    if (at - looked < FRESH_MS) return new Set(names.values());
    const isStale = at - begun > STALE_MS;
    if (isStale) begun = at;
    looked = at;
    const known = isStale ? new Map<string, string>() : names;
    names = new Map();
    for (const pid of pidsNow()) if (/^\d+$/.test(pid)) names.set(pid, known.get(pid) ?? commOf(pid));
    return new Set(names.values());
  };
  return {
    speakers: () => [...look()].filter((name) => SPEAKERS.has(name)),
    oomd: () => look().has(OOMD),
  };
};
