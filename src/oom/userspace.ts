// Did a daemon that kills for memory take it, before the kernel had to? Log lines to a killer; pure.

import { isWithin } from './evidence.ts';

export interface Killer {
  /** `earlyoom`, `nohang` or `systemd-oomd`. */
  readonly name: string;
  /** What it wrote, for people. */
  readonly line: string;
}

interface Subject {
  readonly pids: readonly number[];
  /** As the kernel writes it; null without a memory controller. */
  readonly cgroupPath: string | null;
}

/**
 * Each daemon's own words: earlyoom 1.0 to 1.8 names a process by signal and number, nohang by name and PID on one line of
 * its report, systemd-oomd a cgroup.
 */
const EARLYOOM = [
  /\bsending SIG(?:TERM|KILL) to process (\d+)\b/,
  /\bkilling process (\d+) .*with signal \d+/i,
  /\bKilling process .* with signal \d+, pid: (\d+)/,
];
const NOHANG = [/\bSending SIG(?:TERM|KILL) to .*\bPID:? (\d+)/i, /\bPID:\s+(\d+)\b/];
const OOMD = /\bKilled (\/\S*) due to memory (?:pressure|used)/;

const named = (patterns: readonly RegExp[], line: string): number | null => {
  for (const pattern of patterns) {
    const found = pattern.exec(line);
    if (found !== null) return Number(found[1]);
  }
  return null;
};

const BY_PID = { earlyoom: EARLYOOM, nohang: NOHANG } as const;

const byPid = (name: keyof typeof BY_PID, line: string, { pids }: Subject): Killer | null => {
  const pid = line.includes(name) ? named(BY_PID[name], line) : null;
  return pid !== null && pids.includes(pid) ? { name, line } : null;
};

const byCgroup = (line: string, { cgroupPath }: Subject): Killer | null => {
  const path = OOMD.exec(line)?.[1];
  if (path === undefined || cgroupPath === null || !line.includes('oomd')) return null;
  return isWithin(cgroupPath, path) ? { name: 'systemd-oomd', line } : null;
};

/** The latest line that names one of the pids, or a cgroup around them. */
export const killerOf = (lines: readonly string[], subject: Subject): Killer | null => {
  for (const line of lines.toReversed()) {
    const killer =
      byPid('earlyoom', line, subject) ?? byPid('nohang', line, subject) ?? byCgroup(line, subject);
    if (killer !== null) return killer;
  }
  return null;
};

/** What systemd-oomd counts on a cgroup: times it was killed (before it does) and processes of it (after). `trusted` until systemd 254. */
export const OOMD_MARKS = [
  'user.oomd_ooms',
  'trusted.oomd_ooms',
  'user.oomd_kill',
  'trusted.oomd_kill',
] as const;

/** Lines `NAME VALUE` to the sum of all counts, which only grows. */
export const oomdCount = (text: string): number =>
  text.split('\n').reduce((sum, line) => {
    const value = /^(?:user|trusted)\.oomd_(?:ooms|kill) (\d{1,9})$/.exec(line)?.[1];
    return value === undefined ? sum : sum + Number(value);
  }, 0);

/** Whether any line is its own, whatever about: then its words can be read here. */
export const hasSpoken = (name: string, lines: readonly string[]): boolean =>
  lines.some((line) => line.includes(`${name}[`) || line.includes(`${name}:`));
