// Which programs had the kernel killed for memory while no supervisor looked? Records of the log to verdicts; pure.

import type { Identity } from '../model/phase.ts';
import type { Evidence, OomRecord, Verdict } from '../model/verdict.ts';
import { isWithin, isWithinSuffix } from './evidence.ts';
import { causeOfRecord, victimOf } from './judge.ts';
import { factWords, limitWords } from './words.ts';

/** A process that ran when the supervisor before this one was last heard of. */
export interface UnseenLife {
  readonly leader: Identity;
  /** The earliest moment at which it can have begun: microseconds on the clock of the kernel log. */
  readonly since: number;
  /** Of its cgroup, as the kernel log writes it; null without a memory controller. */
  readonly cgroupPath: string | null;
  /** Bytes of its own limit; null when it has none. */
  readonly memoryMax: number | null;
}

export interface UnseenCase {
  /** Records that have not been told yet. */
  readonly records: readonly OomRecord[];
  readonly kernelLog: Evidence['kernelLog'];
  /** False where the kernel log names pids of another namespace. */
  readonly pidsMatch: boolean;
  /** `oom_kill` of /proc/vmstat when that supervisor began and after its end; null when not readable. */
  readonly machine: { readonly before: number | null; readonly after: number | null };
}

interface Found {
  readonly record: OomRecord;
  readonly isLeader: boolean;
  readonly oom: 'certain' | 'likely';
}

/**
 * Nobody saw the death itself, so a pid alone is no proof: it may have been given to another. The cgroup is, unless the log writes it
 * from outside of our namespaces: then a cgroup of the same name in another container ends with the same path.
 */
const readAs = (record: OomRecord, life: UnseenLife, pidsMatch: boolean): Found | null => {
  const { leader, since, cgroupPath } = life;
  if (record.usec < since) return null;
  const isLeader = pidsMatch && record.pid === leader.pid;
  const { taskCgroup } = record;
  if (taskCgroup === null || cgroupPath === null)
    return isLeader ? { record, isLeader, oom: 'likely' } : null;
  if (pidsMatch) return isWithin(taskCgroup, cgroupPath) ? { record, isLeader, oom: 'certain' } : null;
  return isWithinSuffix(taskCgroup, cgroupPath) ? { record, isLeader, oom: 'likely' } : null;
};

const LEAD = { certain: 'killed', likely: 'probably killed' } as const;

/** Null when nothing says that this life ended, or lost a member, by the OOM killer. */
export const judgeUnseen = (life: UnseenLife, about: UnseenCase): Verdict | null => {
  const { pidsMatch, records, kernelLog, machine } = about;
  const none = { cgroup: null, limitHits: null };
  const found = records.flatMap((record) => readAs(record, life, pidsMatch) ?? []);
  const told = found.find(({ isLeader }) => isLeader) ?? found[0];
  if (told === undefined) return null;
  const evidence: Evidence = {
    before: { ...none, machine: machine.before },
    after: { ...none, machine: machine.after },
    records: found.map(({ record }) => record),
    kernelLog,
  };
  const { record, isLeader, oom } = told;
  const { memoryMax, cgroupPath } = life;
  const cause = causeOfRecord(record, cgroupPath) ?? 'unknown';
  const limit = limitWords({ cause, memoryMax, record, notOwn: cause !== 'own-limit' });
  const whom = isLeader ? '' : pidsMatch ? 'a member was ' : 'it or a member was ';
  const because = `${whom}${LEAD[oom]} by the kernel ${limit} while no supervisor looked: ${factWords(evidence, record)}; the guardian swept the rest`;
  return { oom, cause, because, victim: victimOf(record, null), evidence };
};
