// How do processes and their supervisor read on a terminal of 80 columns?

import type { PastLife, ProcessStatus, StatusReply, SupervisorStatus } from '../model/command.ts';
import { namespec } from '../model/name.ts';
import type { Exit } from '../model/phase.ts';
import type { State } from '../model/state.ts';
import { isOom, type Verdict } from '../model/verdict.ts';
import type { Paint, Style } from './terminal.ts';
import { memoryWords, momentWords, uptimeWords, wrap } from './words.ts';

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
  const oom = lastDeath.verdict === null ? '' : OOM_WORDS[lastDeath.verdict.oom];
  return `${oom === '' ? exitWords(lastDeath.exit) : oom} ${momentWords(lastDeath.at, now)}`;
};

const scoreWords = ({ score }: ProcessStatus): string => {
  if (score === null) return '';
  return score.requested === score.effective
    ? String(score.effective)
    : `${score.requested}/${score.effective}`;
};

interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
  readonly cell: (process: ProcessStatus, now: number) => string;
}

const COLUMNS: readonly Column[] = [
  { title: 'NAME', align: 'left', cell: ({ group, name }) => namespec(group, name) },
  { title: 'STATE', align: 'left', cell: ({ state }) => state },
  { title: 'PID', align: 'right', cell: ({ pid }) => (pid === 0 ? '' : String(pid)) },
  { title: 'UPTIME', align: 'right', cell: ({ pid, uptime }) => (pid === 0 ? '' : uptimeWords(uptime)) },
  { title: 'MEMORY', align: 'right', cell: ({ memory }) => (memory === null ? '' : memoryWords(memory)) },
  { title: 'SCORE', align: 'right', cell: scoreWords },
  { title: 'RESTARTS', align: 'right', cell: ({ restarts }) => String(restarts) },
  { title: 'LAST DEATH', align: 'left', cell: deathWords },
];

const pad = (text: string, width: number, align: Column['align']): string =>
  align === 'left' ? text.padEnd(width) : text.padStart(width);

const refusalWords = (errno: string): string => (errno === 'EACCES' ? 'needs CAP_SYS_RESOURCE' : errno);

/** What a row alone does not say: why it is down, which kill by the kernel it had, what is not enforced. */
const notesOf = (process: ProcessStatus): readonly string[] => {
  const { state, description, spawnError, lastDeath, score, memoryMax } = process;
  const verdict = lastDeath?.verdict ?? null;
  const notes: string[] = [];
  if (state === 'FATAL' || state === 'BACKOFF' || state === 'UNKNOWN') notes.push(spawnError || description);
  if (verdict !== null && isOom(verdict)) notes.push(`oom ${verdict.oom}: ${verdict.because}`);
  if (score !== null && score.refusal !== null)
    notes.push(
      `score ${score.requested} was refused (${refusalWords(score.refusal)}): it has ${score.effective}`,
    );
  if (memoryMax !== null && memoryMax.enforcedBy === null)
    notes.push(`memory_max ${memoryWords(memoryMax.requested)} is not enforced here`);
  return notes.filter((note) => note !== '');
};

const indented = (text: string, indent: string, columns: number | null): readonly string[] =>
  columns === null
    ? [indent + text]
    : wrap(text, Math.max(20, columns - indent.length)).map((line) => indent + line);

export const renderProcesses = (
  processes: readonly ProcessStatus[],
  { paint, columns, now }: View,
): readonly string[] => {
  const cells = processes.map((process) => COLUMNS.map(({ cell }) => cell(process, now)));
  const widths = COLUMNS.map(({ title }, index) =>
    Math.max(title.length, ...cells.map((row) => row[index]?.length ?? 0)),
  );
  const line = (row: readonly string[], style: (index: number, text: string) => string): string =>
    COLUMNS.map(({ align }, index) => style(index, pad(row[index] ?? '', widths[index] ?? 0, align)))
      .join('  ')
      .trimEnd();
  const rows = processes.flatMap((process, position) => [
    line(cells[position] ?? [], (index, text) =>
      index === 1 ? paint(STATE_STYLE[process.state], text) : text,
    ),
    ...notesOf(process)
      .flatMap((note) => indented(note, '    ', columns))
      .map((text) => paint('dim', text)),
  ]);
  return [
    paint(
      'bold',
      line(
        COLUMNS.map(({ title }) => title),
        (_, text) => text,
      ),
    ),
    ...rows,
  ];
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
