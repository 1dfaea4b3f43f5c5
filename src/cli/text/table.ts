// How do processes and their supervisor read on a terminal of 80 columns?

import type {
  LogLosses,
  PastLife,
  ProcessStatus,
  StatusReply,
  SupervisorStatus,
} from '../../model/command.ts';
import { namespec } from '../../model/name.ts';
import { isGivenUp, type Exit } from '../../model/phase.ts';
import { readinessWords, type Readiness } from '../../model/readiness.ts';
import type { State } from '../../model/state.ts';
import { isOom, type Verdict } from '../../model/verdict.ts';
import { gridOf, lineOf, type Column } from './grid.ts';
import type { Paint, Style } from './terminal.ts';
import { dueWords, indented, memoryWords, momentWords, uptimeWords } from './words.ts';

export interface View {
  readonly paint: Paint;
  /** Null: no terminal, nothing is wrapped. */
  readonly columns: number | null;
  /** Epoch milliseconds. */
  readonly now: number;
}

const STATE_STYLE: Readonly<Record<State, Style>> = {
  STOPPED: 'dim',
  STARTING: 'yellow',
  RUNNING: 'green',
  BACKOFF: 'yellow',
  STOPPING: 'yellow',
  EXITED: 'dim',
  FATAL: 'red',
  UNKNOWN: 'red',
};

const exitWords = ({ code, signal }: Exit): string => signal ?? (code === null ? 'ended' : `exit ${code}`);

const OOM_WORDS: Readonly<Record<Verdict['oom'], string>> = {
  certain: 'oom',
  likely: 'oom?',
  no: '',
  unknown: '',
};

const deathWords = ({ lastDeath }: ProcessStatus, now: number): string => {
  if (lastDeath === null) return '';
  const { reason, verdict } = lastDeath;
  const oom = verdict === null ? '' : OOM_WORDS[verdict.oom];
  const why = isGivenUp(reason) ? reason : exitWords(lastDeath.exit);
  return `${oom === '' ? why : oom} ${momentWords(lastDeath.at, now)}`;
};

const scoreWords = ({ score }: ProcessStatus): string => {
  if (score === null) return '';
  return score.requested === score.effective
    ? String(score.effective)
    : `${score.requested}/${score.effective}`;
};

interface Figure extends Pick<Column, 'title' | 'align' | 'spare' | 'isName'> {
  readonly cell: (process: ProcessStatus, now: number) => string;
}

const FIGURES: readonly Figure[] = [
  { title: 'NAME', align: 'left', cell: namespec, isName: true },
  { title: 'STATE', align: 'left', cell: ({ state }) => state },
  { title: 'PID', align: 'right', cell: ({ pid }) => (pid === 0 ? '' : String(pid)), spare: 5 },
  {
    title: 'UPTIME',
    align: 'right',
    cell: ({ pid, uptime }) => (pid === 0 ? '' : uptimeWords(uptime)),
    spare: 3,
  },
  {
    title: 'MEMORY',
    align: 'right',
    cell: ({ memory }) => (memory === null ? '' : memoryWords(memory)),
    spare: 4,
  },
  {
    title: 'CPU',
    align: 'right',
    cell: ({ cpu }) => (cpu === null ? '' : `${cpu.toFixed(cpu < 9.95 ? 1 : 0)}%`),
    spare: 0,
  },
  { title: 'SCORE', align: 'right', cell: scoreWords, spare: 2 },
  { title: 'RESTARTS', align: 'right', cell: ({ restarts }) => String(restarts), spare: 1 },
  { title: 'LAST DEATH', align: 'left', cell: deathWords },
];

const refusalWords = (errno: string): string => (errno === 'EACCES' ? 'needs CAP_SYS_RESOURCE' : errno);

/** Ready, and no more than that, is what everybody expects. */
const isTelling = ({ ready, health, text }: Readiness): boolean =>
  text !== null || ready === false || health === 'unhealthy';

const dutyWords = (
  { type, completed, nextRun }: NonNullable<ProcessStatus['duty']>,
  state: State,
  now: number,
): string =>
  [
    type === 'oneshot' && completed && state === 'EXITED' ? 'completed' : '',
    nextRun === null ? '' : `next run ${dueWords(nextRun * 1000, now)}`,
  ]
    .filter((words) => words !== '')
    .join(', ');

/** Losses that nobody asked for; what is over a limit of the config is in `--json`. */
const lostWords = (lost: LogLosses): readonly string[] =>
  Object.entries(lost)
    .filter(([, { failedBytes }]) => failedBytes > 0)
    .map(
      ([stream, { failedBytes }]) =>
        `${memoryWords(failedBytes)} of its ${stream} could not be written to its log: see the main log`,
    );

/** What a row alone does not say: why it is down, which kill by the kernel it had, what is not enforced. */
const notesOf = (process: ProcessStatus, now: number): readonly string[] => {
  const { state, duty, description, spawnError, readiness, lastDeath, score, memoryMax, logsLost } = process;
  const verdict = lastDeath?.verdict ?? null;
  const notes: string[] = [];
  if (state === 'FATAL' || state === 'BACKOFF' || state === 'UNKNOWN') notes.push(spawnError || description);
  if (duty !== null) notes.push(dutyWords(duty, state, now));
  if (verdict !== null && isOom(verdict)) notes.push(`oom ${verdict.oom}: ${verdict.because}`);
  if (readiness !== null && isTelling(readiness)) notes.push(readinessWords(readiness));
  if (verdict?.cause === 'runtime-heap' || isGivenUp(lastDeath?.reason)) notes.push(verdict?.because ?? '');
  if (score !== null && score.refusal !== null)
    notes.push(
      `score ${score.requested} was refused (${refusalWords(score.refusal)}): it has ${score.effective}`,
    );
  if (memoryMax !== null && memoryMax.enforcedBy === null)
    notes.push(`memory_max ${memoryWords(memoryMax.requested)} is not enforced here`);
  if (logsLost !== undefined) notes.push(...lostWords(logsLost));
  return notes.filter((note) => note !== '');
};

/** CPU has its column only where some is known. */
const columnsOf = (processes: readonly ProcessStatus[], now: number): readonly Column[] =>
  FIGURES.map(({ cell, ...figure }) => ({
    ...figure,
    cells: processes.map((process) => cell(process, now)),
  })).filter(({ title, cells }) => title !== 'CPU' || cells.some((cell) => cell !== ''));

export const renderProcesses = (processes: readonly ProcessStatus[], view: View): readonly string[] => {
  const { paint, columns, now } = view;
  const [head, ...rows] = gridOf(columnsOf(processes, now), columns);
  const lines = processes.flatMap((process, at) => [
    lineOf(rows[at] ?? { cells: [] }, (title, text) =>
      title === 'STATE' ? paint(STATE_STYLE[process.state], text) : text,
    ),
    ...notesOf(process, now)
      .flatMap((note) => indented(note, '    ', columns))
      .map((text) => paint('dim', text)),
  ]);
  return [paint('bold', lineOf(head ?? { cells: [] })), ...lines];
};

const pastLifeWords = ({ life, exit, killed, took, verdict }: PastLife): string => {
  const oom = isOom(verdict) ? `, oom ${verdict.oom}` : '';
  const left = `${killed} process${killed === 1 ? '' : 'es'} that it left were killed in ${took.toFixed(1)} ms`;
  return `the supervisor before this one died (${exitWords(exit)}${oom}): ${verdict.because}; ${left}; this is life ${life}`;
};

const guardianWords = ({ state, pid, score }: SupervisorStatus['guardian']): string =>
  state === 'present' ? `guardian ${pid}${score === null ? '' : ` (score ${score})`}` : `guardian ${state}`;

const noticesOf = (supervisor: SupervisorStatus): readonly string[] => {
  const all = [
    supervisor.pastLife === null ? null : pastLifeWords(supervisor.pastLife),
    ...supervisor.notices,
  ];
  return all.filter((notice) => notice !== null);
};

export const renderSupervisor = (
  supervisor: SupervisorStatus,
  { paint, columns, now }: View,
): readonly string[] => {
  const { version, pid, mood, started, containment, memoryController, config, score } = supervisor;
  const facts = [
    `tsvisor ${version} pid ${pid}${mood === 'RUNNING' ? '' : ` ${mood}`}`,
    `up ${uptimeWords(now / 1000 - started)}`,
    ...(score === null ? [] : [`score ${score}`]),
    guardianWords(supervisor.guardian),
    `containment ${containment}`,
    memoryController === null ? 'no memory controller' : `memory ${memoryController}`,
  ];
  return [
    ...indented(facts.join(', '), '', columns).map((text) => paint('dim', text)),
    paint('dim', `config ${config}`),
    ...noticesOf(supervisor)
      .flatMap((notice) => indented(`! ${notice}`, '', columns))
      .map((text) => paint('yellow', text)),
  ];
};

export const renderStatus = ({ supervisor, processes }: StatusReply, view: View): readonly string[] => [
  ...(processes.length === 0 ? ['no processes in the config'] : renderProcesses(processes, view)),
  '',
  ...renderSupervisor(supervisor, view),
];
