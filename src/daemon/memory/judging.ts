// A leader has died: all that can be known of it is brought together, and the verdict written.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { OrderedBy } from '../../core/hands.ts';
import type { OomWatch } from '../../kernel/port.ts';
import type { Death } from '../../model/phase.ts';
import type { ProcessPlan } from '../../model/plan.ts';
import { isOom, type Verdict } from '../../model/verdict.ts';
import { byDaemon, completeVerdict, isUnexplained, markedByOomd, mayBeDaemons } from '../../oom/causes.ts';
import type { Baseline, EvidenceGatherer } from '../../oom/evidence.ts';
import { LAST_WORDS } from '../../oom/heap.ts';
import { judge, type DeathCase } from '../../oom/judge.ts';
import { residueWords } from '../../oom/residue.ts';
import { hasSpoken } from '../../oom/userspace.ts';
import type { Slot } from '../process/slot.ts';
import type { OomdMarks } from './oomd.ts';

/** Where its last words are to be found. */
export const errorStream = (plan: ProcessPlan): 'stdout' | 'stderr' =>
  plan.redirectStderr ? 'stdout' : 'stderr';

/** How long a log was before a life began to write to it; 0 when it has none. */
export const logSize = (path: string): number => {
  const end = endOf(path, 0);
  return end?.size ?? 0;
};

const endOf = (path: string, most: number): { readonly size: number; readonly text: string } | null => {
  let file: number | null = null;
  try {
    if (path === '') return null;
    file = openSync(path, 'r');
    const { size } = fstatSync(file);
    const bytes = Buffer.alloc(Math.min(size, most));
    const got = most === 0 ? 0 : readSync(file, bytes, 0, bytes.length, size - bytes.length);
    return { size, text: bytes.toString('utf8', 0, got) };
  } catch {
    // A pipe, a terminal, a file that somebody removed: no last words then.
    return null;
  } finally {
    if (file !== null) closeSync(file);
  }
};

/** What this life wrote last; null without a log. A log that has become shorter was rotated: all of it is of this life. */
const lastWordsOf = ({ stderrPath, stderrFrom }: Slot): string | null => {
  const end = endOf(stderrPath, LAST_WORDS);
  if (end === null) return null;
  const own = end.size >= stderrFrom ? end.size - stderrFrom : end.size;
  return own === 0 ? '' : Buffer.from(end.text).subarray(-Math.min(own, LAST_WORDS)).toString('utf8');
};

export interface Judging {
  readonly slot: Slot;
  readonly death: Death;
  readonly orderedBy: OrderedBy;
  readonly baseline: Baseline;
  readonly evidence: EvidenceGatherer;
  readonly oom: OomWatch;
  /** Null without a guardian. */
  readonly oomdMarks: OomdMarks | null;
}

/** Lives in a row that ended in an OOM kill are remembered by what was charged before each. */
const explainResidue = (slot: Slot, verdict: Verdict): Verdict => {
  if (!isOom(verdict)) {
    slot.begun = [];
    return verdict;
  }
  slot.begun = [...slot.begun, slot.baseline?.charge ?? null].slice(-10);
  const words = residueWords(slot.begun, slot.plan.memoryMax);
  return words === null ? verdict : { ...verdict, because: `${verdict.because}; ${words}` };
};

const caseOf = ({ slot, death, orderedBy, baseline, evidence, oom }: Judging): DeathCase => {
  const { cgroup, plan } = slot;
  const leaderPid = death.leader.pid;
  return {
    exit: death.exit,
    orderedBy,
    evidence: evidence.gather({ baseline, cgroup, leaderPid }),
    leaderPid,
    cgroupPath: cgroup?.memoryPath ?? null,
    memoryMax: plan.memoryMax,
    pidsMatch: oom.pidsMatch,
  };
};

/** What can be known at once: everything but the rarest of witnesses. */
const judgeAtOnce = ({ slot, oom }: Judging, about: DeathCase): Verdict => {
  const verdict = completeVerdict(judge(about), about, {
    marks: () => oom.killerMarks(),
    killers: () => oom.killersHere(),
    lastWords: () => lastWordsOf(slot),
  });
  return explainResidue(slot, verdict);
};

/** Asking costs a process: not where nobody marks, as far as can be seen from here. */
const mayBeMarked = (oom: OomWatch): boolean => oom.oomdHere() || !oom.pidsMatch;

/** Nobody knows how the marks stood before the first look of a supervisor that is not the first: it only learns. */
const askOomd = async (judging: Judging, about: DeathCase, verdict: Verdict): Promise<Verdict> => {
  const { slot, oomdMarks } = judging;
  const after = slot.cgroup === null ? null : ((await oomdMarks?.(slot.cgroup)) ?? null);
  const before = slot.oomdMarks;
  if (after === null) return verdict;
  slot.oomdMarks = after;
  return before !== null && after > before ? markedByOomd(verdict, about, { before, after }) : verdict;
};

/** Milliseconds for which a daemon that kills may be late with its words: nohang writes its report after the kill. */
const LATE_MS = 3000;
const LOOK_EVERY_MS = 100;

/** One that runs here and can be read is waited for; where none runs, nobody waits. */
const hearLate = async ({ oom }: Judging, about: DeathCase, verdict: Verdict): Promise<Verdict> => {
  if (!mayBeDaemons(verdict, about)) return verdict;
  const lines = oom.killerMarks();
  if (!oom.killersHere().some((name) => hasSpoken(name, lines))) return verdict;
  const deadline = performance.now() + LATE_MS;
  for (;;) {
    const told = byDaemon(verdict, about, oom.killerMarks());
    if (told !== null || performance.now() > deadline) return told ?? verdict;
    await pause(LOOK_EVERY_MS);
  }
};

/** `seen` hears the verdict as long as the members have not been swept, if it is known by then. */
export const judgeDeath = async (judging: Judging, seen: (verdict: Verdict) => void): Promise<Verdict> => {
  const about = caseOf(judging);
  const verdict = judgeAtOnce(judging, about);
  const asked =
    isUnexplained(verdict, about) && mayBeMarked(judging.oom)
      ? await askOomd(judging, about, verdict)
      : verdict;
  const whole = await hearLate(judging, about, asked);
  seen(whole);
  return whole;
};
