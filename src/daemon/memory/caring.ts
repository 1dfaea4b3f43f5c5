// A process uses too much or waits too long for memory: what is done, and how is it told?

import type { Supervisor } from '../../core/supervisor.ts';
import type { Process } from '../../core/process.ts';
import type { PressureAct } from '../../model/memory-care.ts';
import type { CareNews } from '../../oom/care.ts';
import { runCommand } from '../../spawn/command.ts';
import type { RealHands } from '../hands.ts';
import { megabytes } from '../../model/megabytes.ts';

export interface Caring {
  readonly supervisor: Supervisor;
  readonly hands: RealHands;
  /** A command has been started: it is no better protected than a program. */
  readonly began: (pid: number) => void;
  readonly onBug: (bug: unknown) => void;
}

const newsWords = ({ kind, value, limit }: CareNews): string =>
  kind === 'pressure'
    ? `it waits for memory ${value} % of the time, above the ${limit} % of on_pressure`
    : `it uses ${megabytes(value)}, above the ${kind} limit of ${megabytes(limit)} of memory_limit_watch`;

const actFor = ({ kind }: CareNews, process: Process): PressureAct | null => {
  const { limitWatch, onPressure } = process.plan.care;
  if (kind === 'pressure') return onPressure?.act ?? null;
  if (kind === 'hard') return { kind: 'restart' };
  const signal = limitWatch?.signal ?? null;
  return signal === null ? null : { kind: 'signal', signal };
};

const actWords = (act: PressureAct | null): string => {
  if (act === null) return 'only told';
  if (act.kind === 'signal') return `its leader gets ${act.signal}`;
  return act.kind === 'run' ? `runs ${act.command}` : 'it is restarted';
};

const perform = (
  act: PressureAct | null,
  process: Process,
  { supervisor, hands, began, onBug }: Caring,
): void => {
  if (act === null || process.leader === null) return;
  if (act.kind === 'signal') hands.signal(process.leader, act.signal, 'leader');
  else if (act.kind === 'restart') supervisor.renew(process).catch(onBug);
  else {
    const variables = { TSVISOR_PROCESS: process.namespec, TSVISOR_PID: String(process.leader.pid) };
    const { group, name } = process.plan;
    runCommand({ command: act.command, variables, began })
      .then((failure) => {
        const text = `cannot run ${act.command}: ${failure}`;
        if (failure !== null) hands.announce({ type: 'memory-care', process: { group, name }, text });
      })
      .catch(onBug);
  }
};

/** Told first, then done. */
export const care = (key: string, news: CareNews, caring: Caring): void => {
  const process = caring.supervisor.processes.find((one) => one.namespec === key);
  if (process === undefined) return;
  const act = actFor(news, process);
  const { group, name } = process.plan;
  const text = `${newsWords(news)}: ${actWords(act)}`;
  caring.hands.announce({ type: 'memory-care', process: { group, name }, text });
  perform(act, process, caring);
};
