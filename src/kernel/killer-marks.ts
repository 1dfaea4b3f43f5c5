// What have daemons that kill for memory written of late? Their lines in the kernel log and at the end of the system's log files.

import { closeSync, fstatSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';

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
const DAEMONS = new Set(['earlyoom', 'nohang']);

const commOf = (pid: string): string => {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'latin1').trimEnd();
  } catch {
    // It has ended since the folder was read.
    return '';
  }
};

/** Looks at every process: only for a kill that nothing else explains. */
export const killersHere = (): readonly string[] => {
  const names = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? commOf(name) : []));
  return [...new Set(names)].filter((name) => DAEMONS.has(name));
};
