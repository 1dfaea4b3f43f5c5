// Has the moment come at which everything ends, as a container ends with its program? And by whose fault?

import { namespec, parseSelector } from '../model/name.ts';
import type { Death } from '../model/phase.ts';
import type { ExitRule, ProcessPlan } from '../model/plan.ts';
import { signalNumber } from '../model/signals.ts';
import { isOom } from '../model/verdict.ts';
import type { Process } from './process.ts';

/** For whom everything ends. */
export interface Culprit {
  /** 0 to 255, for tsvisor's own end. */
  readonly status: number;
  /** `web ended (exit status 3)`. */
  readonly why: string;
}

type Ended = Pick<Process, 'plan' | 'phase' | 'past'>;

/** Its own end, and nothing that a restart of its group follows. */
const endedByItself = ({ phase, plan, past }: Ended): boolean => {
  if (phase.name === 'fatal') return true;
  if (phase.name !== 'exited') return false;
  if (past.lastDeath?.reason === 'oom-group') return false;
  return plan.onOom !== 'restart-group' || !isOom(phase.death.verdict);
};

/** As a shell would say it; 1 where there was no end to take it from. */
const statusOf = (death: Death | null): number => {
  if (death === null) return 1;
  const { code, signal } = death.exit;
  return code ?? (signal === null ? 1 : 128 + signalNumber(signal));
};

const culpritOf = ({ phase, plan, past }: Ended): Culprit => {
  const name = namespec(plan);
  const status = statusOf(phase.name === 'exited' ? phase.death : past.lastDeath);
  if (phase.name === 'fatal')
    return { status: status === 0 ? 1 : status, why: `${name} is FATAL: ${phase.error}` };
  return { status, why: `${name} ended (exit status ${status})` };
};

const isNamed = ({ group, name }: ProcessPlan, wanted: string): boolean => {
  const selector = parseSelector(wanted);
  if (selector.kind === 'all') return true;
  return selector.group === group && (selector.kind === 'group' || selector.name === name);
};

/** One with a schedule will run again. */
const isOver = ({ phase, plan }: Ended): boolean =>
  plan.duty.schedule === null &&
  (phase.name === 'stopped' || phase.name === 'exited' || phase.name === 'fatal');

/** The first that failed; where none did, all is well. */
const ofAll = (processes: readonly Ended[]): Culprit | null => {
  const ended = processes.filter(endedByItself);
  if (ended.length === 0 || !processes.every(isOver)) return null;
  const failed = ended
    .filter(({ phase }) => phase.name === 'fatal' || (phase.name === 'exited' && !phase.expected))
    .toSorted((a, b) => (a.past.lastDeath?.at ?? 0) - (b.past.lastDeath?.at ?? 0))[0];
  return failed === undefined ? { status: 0, why: 'all processes have ended' } : culpritOf(failed);
};

const accused = (rule: ExitRule, processes: readonly Ended[]): Culprit | null => {
  if (rule.kind === 'all_exited') return ofAll(processes);
  const found =
    rule.kind === 'exits'
      ? processes.find((one) => isNamed(one.plan, rule.name) && endedByItself(one))
      : processes.find(({ phase }) => phase.name === 'fatal');
  return found === undefined ? null : culpritOf(found);
};

/** By the first rule that holds; null while none does. */
export const culprit = (rules: readonly ExitRule[], processes: readonly Ended[]): Culprit | null => {
  for (const rule of rules) {
    const found = accused(rule, processes);
    if (found !== null) return found;
  }
  return null;
};
