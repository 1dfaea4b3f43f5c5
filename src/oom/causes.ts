// The kernel did not take it: was it memory all the same? What other witnesses say, asked only where they could know.

import type { Exit } from '../model/phase.ts';
import { isOom, type Verdict } from '../model/verdict.ts';
import { heapDeathOf, mayBeHeap } from './heap.ts';
import type { DeathCase } from './judge.ts';
import { hasSpoken, killerOf } from './userspace.ts';
import { printable } from './words.ts';

/** Looked at only when their answer matters. */
export interface Witnesses {
  /** Lines of daemons that kill for memory. */
  readonly marks: () => readonly string[];
  /** Names of daemons that kill for memory and run now. */
  readonly killers: () => readonly string[];
  /** The end of what this life wrote to its stderr log; null when there is no log. */
  readonly lastWords: () => string | null;
}

const mayBeKilled = ({ code, signal }: Exit): boolean =>
  signal === 'SIGKILL' || signal === 'SIGTERM' || code === 137 || code === 143;

const MAX_CHARS = 300;
const quote = (line: string): string => {
  const text = printable(line.trim());
  return text.length > MAX_CHARS ? `${text.slice(0, MAX_CHARS)}...` : text;
};

/** A kill that nobody has explained, and a daemon may have done. */
export const mayBeDaemons = (verdict: Verdict, { exit, orderedBy }: DeathCase): boolean =>
  !isOom(verdict) && orderedBy === null && mayBeKilled(exit);

/** Null when no line names it. */
export const byDaemon = (verdict: Verdict, death: DeathCase, marks: readonly string[]): Verdict | null => {
  const { leaderPid, cgroupPath } = death;
  const killer = killerOf(marks, { pids: [leaderPid], cgroupPath });
  if (killer === null) return null;
  const because = `probably killed by ${killer.name} because memory was short: its log says: ${quote(killer.line)}`;
  const victim = { pid: leaderPid, comm: null };
  return { ...verdict, oom: 'likely', cause: 'userspace-killer', because, victim };
};

const byRuntime = (verdict: Verdict, { exit }: DeathCase, { lastWords }: Witnesses): Verdict | null => {
  if (!mayBeHeap(exit)) return null;
  const heap = heapDeathOf(exit, lastWords() ?? '');
  if (heap === null) return null;
  const because = `its own doing: ${heap.runtime} gave up at the limit of its heap, the kernel killed nobody; its output says: ${quote(heap.line)}`;
  return { ...verdict, oom: 'no', cause: 'runtime-heap', because };
};

/** A daemon that writes where nobody can read it may have done it: nobody may say that it was not memory. */
const bySilence = (verdict: Verdict, { marks, killers }: Witnesses): Verdict | null => {
  if (verdict.oom !== 'no') return null;
  const lines = marks();
  const silent = killers().filter((name) => !hasSpoken(name, lines));
  if (silent.length === 0) return null;
  const because = `${verdict.because}; by whom is not known: ${silent.join(' and ')} kills for memory here and writes where it cannot be read`;
  return { ...verdict, oom: 'unknown', because };
};

/** A verdict on the kernel's part, completed by what others had to do with it. */
export const completeVerdict = (verdict: Verdict, death: DeathCase, witnesses: Witnesses): Verdict => {
  if (isOom(verdict) || death.orderedBy !== null) return verdict;
  const isKill = mayBeDaemons(verdict, death);
  return (
    (isKill ? byDaemon(verdict, death, witnesses.marks()) : null) ??
    byRuntime(verdict, death, witnesses) ??
    (isKill ? bySilence(verdict, witnesses) : null) ??
    verdict
  );
};

/** SIGKILL by somebody that nobody has named. */
export const isUnexplained = (verdict: Verdict, { exit, orderedBy }: DeathCase): boolean =>
  !isOom(verdict) && orderedBy === null && (exit.signal === 'SIGKILL' || exit.code === 137);

/** systemd-oomd has marked the cgroup as killed. Likely and no more: whoever may write to the cgroup can mark it. */
export const markedByOomd = (
  verdict: Verdict,
  { leaderPid }: DeathCase,
  { before, after }: { readonly before: number; readonly after: number },
): Verdict => ({
  ...verdict,
  oom: 'likely',
  cause: 'userspace-killer',
  because: `probably killed by systemd-oomd because memory was short: its marks on the cgroup (oomd_ooms and oomd_kill) went ${before} -> ${after}`,
  victim: { pid: leaderPid, comm: null },
});
