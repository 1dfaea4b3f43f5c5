// Was it memory? Evidence to verdict; pure.

import type { Exit } from '../model/phase.ts';
import type { Cause, Certainty, Evidence, OomRecord, Verdict, VictimMemory } from '../model/verdict.ts';
import { isWithin, isWithinSuffix } from './evidence.ts';
import { factWords, limitWords } from './words.ts';

/** What the evidence is about. */
export interface Suspect {
  readonly evidence: Evidence;
  readonly leaderPid: number;
  /** Path of its cgroup as the kernel log writes it; null without a memory controller. */
  readonly cgroupPath: string | null;
  /** Bytes of its own limit; null when it has none. */
  readonly memoryMax: number | null;
  /** False where the kernel log names pids of another namespace. */
  readonly pidsMatch: boolean;
}

export interface DeathCase extends Suspect {
  readonly exit: Exit;
  /** Who had sent the signal that explains this end, if we know of one. */
  readonly orderedBy: 'tsvisor' | 'operator' | null;
}

/** What a shell answers when its command was killed by SIGKILL. */
const KILLED_STATUS = 137;

const rise = (before: number | null, after: number | null): number | null =>
  before === null || after === null ? null : Math.max(0, after - before);

interface Facts {
  /** The record that names the leader. */
  readonly named: OomRecord | null;
  readonly members: readonly OomRecord[];
  readonly cgroupRise: number | null;
  readonly machineRise: number | null;
}

const factsOf = ({ evidence, leaderPid, pidsMatch }: Suspect): Facts => {
  const { before, after, records } = evidence;
  const isLeader = (record: OomRecord): boolean => pidsMatch && record.pid === leaderPid;
  return {
    named: records.find(isLeader) ?? null,
    members: records.filter((record) => !isLeader(record)),
    cgroupRise: rise(before.cgroup, after.cgroup),
    machineRise: rise(before.machine, after.machine),
  };
};

/** Whose limit a record speaks of: the process's own, or one it makes within its own, or one above. */
export const causeOfRecord = (record: OomRecord, cgroupPath: string | null): Cause | null => {
  if (record.scope === 'global') return 'machine';
  if (record.limitCgroup === null || cgroupPath === null)
    return record.limitCgroup === null ? null : 'outer-limit';
  return isWithin(record.limitCgroup, cgroupPath) || isWithinSuffix(record.limitCgroup, cgroupPath)
    ? 'own-limit'
    : 'outer-limit';
};

const causeOf = (suspect: Suspect, record: OomRecord | null): { cause: Cause; notOwn: boolean } => {
  const told = record === null ? null : causeOfRecord(record, suspect.cgroupPath);
  if (told !== null) return { cause: told, notOwn: told !== 'own-limit' };
  const { before, after } = suspect.evidence;
  const hits = rise(before.limitHits, after.limitHits);
  // v2 counts `oom` where the limit was hit, `oom_kill` where the victim was.
  if (hits !== null) return hits > 0 ? { cause: 'own-limit', notOwn: false } : notOwn(record);
  return suspect.memoryMax === null ? notOwn(record) : { cause: 'unknown', notOwn: false };
};

const notOwn = (record: OomRecord | null): { cause: Cause; notOwn: boolean } => ({
  cause: record?.scope === 'memcg' ? 'outer-limit' : 'unknown',
  notOwn: true,
});

const isLogComplete = ({ evidence, pidsMatch }: Suspect): boolean =>
  evidence.kernelLog === 'readable' && pidsMatch;

/** Every kill that was counted in the cgroup is accounted for by a record of somebody who is not the leader. */
const wereAllMembers = (suspect: Suspect, { members, cgroupRise }: Facts): boolean =>
  isLogComplete(suspect) && new Set(members.map((record) => record.pid)).size >= (cgroupRise ?? 0);

const certaintyOf = (death: DeathCase, facts: Facts): Certainty => {
  const { named, cgroupRise, machineRise } = facts;
  const { exit, orderedBy } = death;
  if (named !== null) return orderedBy === null ? 'certain' : 'likely';
  if (orderedBy !== null) return 'no';
  // A status of 137 passes on the death of a member, whichever it was.
  const passedOn = exit.code === KILLED_STATUS;
  if (cgroupRise !== null && cgroupRise > 0) {
    if (exit.signal === null && !passedOn) return 'likely';
    return !passedOn && wereAllMembers(death, facts) ? 'likely' : 'certain';
  }
  if (cgroupRise === 0 || machineRise === 0) return 'no';
  if (isLogComplete(death) && !passedOn) return 'no';
  return machineRise === null ? 'unknown' : 'likely';
};

const exitWords = ({ code, signal }: Exit): string => {
  if (signal !== null) return `killed by ${signal}`;
  return code === null ? 'ended unseen' : `exited with status ${code}`;
};

const KB = 1024;

const memoryOf = ({ anonRss, fileRss, shmemRss, swap }: OomRecord): VictimMemory => ({
  anon: anonRss * KB,
  file: fileRss * KB,
  shmem: shmemRss * KB,
  swap: swap === undefined ? null : swap * KB,
});

export const victimOf = (record: OomRecord | null, fallback: number | null): Verdict['victim'] => {
  if (record !== null) return { pid: record.pid, comm: record.comm, memory: memoryOf(record) };
  return fallback === null ? null : { pid: fallback, comm: null };
};

/** Not by SIGKILL, so not by the OOM killer. */
const judgeOrdinary = ({ exit, orderedBy, evidence }: DeathCase): Verdict => {
  const own = exit.code === null ? 'signal' : 'exit';
  const sender =
    orderedBy === null ? '' : `, as ${orderedBy === 'tsvisor' ? 'tsvisor' : 'the operator'} asked`;
  return { oom: 'no', cause: orderedBy ?? own, because: exitWords(exit) + sender, victim: null, evidence };
};

const judgeNot = (death: DeathCase, oom: 'no' | 'unknown'): Verdict => {
  const { exit, orderedBy, evidence } = death;
  if (orderedBy !== null) return judgeOrdinary(death);
  const answer = oom === 'no' ? ', and not for memory' : '; whether for memory cannot be told here';
  const because = `${exitWords(exit)}${answer}: ${factWords(evidence, evidence.records[0] ?? null)}`;
  const cause = exit.code === null ? 'signal' : 'exit';
  return { oom, cause: oom === 'no' ? cause : 'unknown', because, victim: null, evidence };
};

const LEAD: Readonly<Record<'certain' | 'likely', string>> = { certain: 'killed', likely: 'probably killed' };

const judgeOom = (death: DeathCase, facts: Facts, oom: 'certain' | 'likely'): Verdict => {
  const { exit, evidence, memoryMax } = death;
  const record = facts.named ?? facts.members[0] ?? null;
  const { cause, notOwn: not } = causeOf(death, record);
  const limit = limitWords({ cause, memoryMax, record, notOwn: not });
  const subject = exit.code === null ? '' : `${exitWords(exit)} after a member was `;
  const order = death.orderedBy === null ? '' : ', although a signal had been sent too';
  const because = `${subject}${LEAD[oom]} by the kernel ${limit}${order}: ${factWords(evidence, record)}`;
  return {
    oom,
    cause,
    because,
    victim: victimOf(record, exit.code === null ? death.leaderPid : null),
    evidence,
  };
};

/**
 * Judges a leader's death. `certain`: a counter of its own cgroup rose, or the kernel log names it. `likely`: the OOM
 * killer was at work and nothing says that it was not this one. `no`: evidence was readable and speaks against it.
 */
export const judge = (death: DeathCase): Verdict => {
  const { code, signal } = death.exit;
  const unseen = code === null && signal === null;
  if (signal !== 'SIGKILL' && code !== KILLED_STATUS && !unseen) return judgeOrdinary(death);
  const facts = factsOf(death);
  const oom = certaintyOf(death, facts);
  return oom === 'no' || oom === 'unknown' ? judgeNot(death, oom) : judgeOom(death, facts, oom);
};

/** Judges a rise of the counter, or a new record, while the leader lives: was a member killed? */
export const judgeMember = (suspect: Suspect): Verdict => {
  const { evidence, memoryMax } = suspect;
  const { named, members, cgroupRise } = factsOf(suspect);
  const record = members[0] ?? null;
  const quiet = { victim: null, evidence, cause: 'unknown' } as const;
  if (record === null && named !== null)
    return { ...quiet, oom: 'no', because: `the leader itself is the victim: ${factWords(evidence, named)}` };
  if (record === null && (cgroupRise ?? 0) === 0)
    return { ...quiet, oom: cgroupRise === null ? 'unknown' : 'no', because: factWords(evidence, null) };
  const { cause, notOwn: not } = causeOf(suspect, record);
  const limit = limitWords({ cause, memoryMax, record, notOwn: not });
  const because = `a member was killed by the kernel ${limit} while the leader lives: ${factWords(evidence, record)}`;
  return { oom: 'certain', cause, because, victim: victimOf(record, null), evidence };
};

/** How the supervisor before this one ended, as its guardian saw it. */
export interface PastCase {
  readonly exit: Exit;
  /** `oom_kill` of /proc/vmstat when that supervisor began and after it had ended; null when not readable. */
  readonly before: number | null;
  readonly after: number | null;
  /** Null when nobody remembers it. */
  readonly pid: number | null;
  readonly records: readonly OomRecord[];
  readonly kernelLog: Evidence['kernelLog'];
  readonly pidsMatch: boolean;
}

/**
 * Judges the supervisor's own end. An old record of the same pid counts only if the machine's counter rose in its life,
 * or cannot be read.
 */
export const judgePast = (past: PastCase): Verdict => {
  const quiet = past.before !== null && past.before === past.after;
  const none = { cgroup: null, limitHits: null };
  const evidence: Evidence = {
    before: { ...none, machine: past.before },
    after: { ...none, machine: past.after },
    records: quiet || past.pid === null ? [] : past.records.filter((one) => one.pid === past.pid).slice(-1),
    kernelLog: past.kernelLog,
  };
  const suspect = { evidence, leaderPid: past.pid ?? 0, cgroupPath: null, memoryMax: null };
  // Without its pid, silence of the log about it says nothing.
  const pidsMatch = past.pidsMatch && past.pid !== null;
  const verdict = judge({ ...suspect, exit: past.exit, orderedBy: null, pidsMatch });
  return past.pid === null ? { ...verdict, victim: null } : verdict;
};
