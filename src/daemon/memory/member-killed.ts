// A counter rose while the leader lives: which process is told, and with which verdict?

import type { Supervisor } from '../../core/supervisor.ts';
import type { Linux } from '../../kernel/linux.ts';
import type { Evidence } from '../../model/verdict.ts';
import { judgeMember } from '../../oom/judge.ts';
import type { RealHands } from '../hands.ts';

export interface MemberKilled {
  /** namespec of the process. */
  readonly key: string;
  readonly evidence: Evidence;
  readonly supervisor: Supervisor;
  readonly hands: RealHands;
  readonly linux: Linux;
}

export const memberKilled = ({ key, evidence, supervisor, hands, linux }: MemberKilled): void => {
  const process = supervisor.processes.find((one) => one.namespec === key);
  if (process === undefined || process.leader === null) return;
  const verdict = judgeMember({
    evidence,
    leaderPid: process.leader.pid,
    cgroupPath: hands.slot(process.plan).cgroup?.memoryPath ?? null,
    memoryMax: process.plan.memoryMax,
    pidsMatch: linux.oom.pidsMatch,
  });
  supervisor.memberKilled(process.plan, verdict);
};
