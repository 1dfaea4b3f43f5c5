// How did the supervisor before this one end, and was it memory?

import type { PastFacts } from '../../guardian/link.ts';
import type { Linux } from '../../kernel/linux.ts';
import type { PastLife } from '../../model/command.ts';
import type { Exit } from '../../model/phase.ts';
import type { EvidenceGatherer } from '../../oom/evidence.ts';
import { judgePast } from '../../oom/judge.ts';
import { RESTART_STATUS } from './successor.ts';

export interface PastParts {
  readonly facts: PastFacts;
  readonly life: number;
  /** Pid of that supervisor; null when nobody remembers it. */
  readonly pid: number | null;
  readonly linux: Linux;
  readonly evidence: EvidenceGatherer;
}

/** An operator's restart is no death to be judged. */
export const wasAsked = (exit: Exit): boolean => exit.code === RESTART_STATUS;

export const judgePastLife = ({ facts, life, pid, linux, evidence }: PastParts): PastLife => {
  const recalled = evidence.recall();
  const records = linux.oom.pidsMatch ? recalled.records.filter((record) => record.pid === pid) : [];
  const verdict = judgePast({
    exit: facts.exit,
    before: facts.oom.before,
    after: facts.oom.after,
    pid,
    records,
    kernelLog: recalled.kernelLog,
    pidsMatch: linux.oom.pidsMatch,
  });
  return { life, exit: facts.exit, killed: facts.killed, took: facts.took, verdict };
};

export const pastLifeWords = ({ exit, killed, took, verdict }: PastLife): string => {
  const how =
    exit.signal === null ? `ended with status ${exit.code ?? 'unknown'}` : `was killed by ${exit.signal}`;
  const swept = `${killed} ${killed === 1 ? 'process' : 'processes'} of it killed and seen gone in ${took.toFixed(1)} ms`;
  return `the supervisor before this one ${how}; oom: ${verdict.oom}: ${verdict.because}; ${swept}`;
};
