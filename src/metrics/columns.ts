// What do the metrics of every process say? One column for each of them, and lines are written anew only where something has changed since the last scrape.

import type { LogLosses } from '../model/command.ts';
import type { Score } from '../model/event.ts';
import type { Readiness } from '../model/readiness.ts';
import { STATES, type State } from '../model/state.ts';
import { written, type Family, type Labels } from './exposition.ts';
import { METRICS, type MetricName } from './families.ts';
import type { ProcessTally } from './tally.ts';

export interface ProcessPicture {
  readonly group: string;
  readonly name: string;
  readonly state: State;
  /** Epoch seconds; 0 when it never started. */
  readonly start: number;
  readonly score: Score | null;
  readonly readiness: Readiness | null;
  /** Epoch seconds; null without a schedule. */
  readonly nextRun: number | null;
  readonly members: number;
  /** Bytes resident; null when not running or not readable. */
  readonly memory: number | null;
  /** Bytes, shared pages divided among those who share them; null where the plan does not ask for it. */
  readonly pss: number | null;
  /** Its memory_max where something enforces it. */
  readonly limit: number | null;
  readonly tally: ProcessTally;
  /** Seconds. */
  readonly cpuSeconds: number;
  /** Bytes charged to its cgroup; null without a memory controller. */
  readonly charged: number | null;
  /** Bytes written, by stream; streams that are not captured are absent. */
  readonly logBytes: Readonly<Record<string, number>>;
  /** Null where nothing can be or has been lost. */
  readonly logsLost: LogLosses | null;
}

type Counts = Readonly<Record<string, number>>;
type Cells = readonly (readonly [more: string, value: number])[];

/** The same mark means the same lines. */
type Column =
  | { readonly value: (process: ProcessPicture) => number | null }
  | {
      readonly mark: (process: ProcessPicture) => unknown;
      /** Labels beside those of the process, written. */
      readonly cells: (process: ProcessPicture) => Cells;
    };

/** Told as 0 before they happen, so that the first one is seen as an increase. */
export const USUAL_KILLS: Counts = { 'own-limit/certain': 0, 'machine/certain': 0 };
const USUAL_RESTARTS: Counts = { oom: 0, exit: 0, signal: 0 };

const byLabel = (counts: Counts, label: string): Cells =>
  Object.entries(counts).map(([key, value]) => [written({ [label]: key }), value]);

/** Of a key `cause/certainty`. */
export const causeLabels = (key: string): Labels => {
  const [cause = '', certainty = ''] = key.split('/');
  return { cause, certainty };
};

const byCause = (counts: Counts): Cells =>
  Object.entries(counts).map(([key, value]) => [written(causeLabels(key)), value]);

const scoreCells = ({ score }: ProcessPicture): Cells =>
  score === null
    ? []
    : [
        ['kind="requested"', score.requested],
        ['kind="effective"', score.effective],
      ];

const seconds = (time: number): number | null => (time === 0 ? null : time);

const readyOf = ({ readiness }: ProcessPicture): number | null =>
  readiness?.ready === undefined || readiness.ready === null ? null : Number(readiness.ready);

const healthyOf = ({ readiness }: ProcessPicture): number | null =>
  readiness?.health === undefined || readiness.health === null
    ? null
    : Number(readiness.health === 'healthy');

/** Each count only grows: where the sum is the same, all are. */
const sum = (counts: Counts): number => Object.values(counts).reduce((all, value) => all + value, 0);

const lossesOf = ({ logsLost }: ProcessPicture) => Object.entries(logsLost ?? {});

/** Streams that have a limit are told as 0 before they lose anything; the others from their first loss on. */
const lostCells = (process: ProcessPicture): Cells =>
  lossesOf(process).flatMap(([stream, { droppedBytes, failedBytes }]) => [
    [written({ stream, reason: 'dropped' }), droppedBytes] as const,
    [written({ stream, reason: 'failed' }), failedBytes] as const,
  ]);

const lineCells = (process: ProcessPicture): Cells =>
  lossesOf(process).map(([stream, { droppedLines }]) => [written({ stream }), droppedLines]);

const lossMark = (process: ProcessPicture): string | null =>
  process.logsLost === null ? null : JSON.stringify(process.logsLost);

// oxfmt-ignore
const COLUMNS = {
  tsvisor_process_up: { value: ({ state }) => (state === 'RUNNING' ? 1 : 0) },
  tsvisor_process_state: { value: ({ state }) => STATES[state] },
  tsvisor_process_ready: { value: readyOf },
  tsvisor_process_healthy: { value: healthyOf },
  tsvisor_process_next_run_timestamp_seconds: { value: ({ nextRun }) => nextRun },
  tsvisor_process_start_time_seconds: { value: ({ start }) => seconds(start) },
  tsvisor_process_restarts: { mark: ({ tally }) => tally.restarts, cells: ({ tally }) => byLabel({ ...USUAL_RESTARTS, ...tally.restarts }, 'cause') },
  tsvisor_process_oom_kills: { mark: ({ tally }) => tally.oomKills, cells: ({ tally }) => byCause({ ...USUAL_KILLS, ...tally.oomKills }) },
  tsvisor_process_last_death_timestamp_seconds: { value: ({ tally }) => seconds(tally.lastDeath) },
  tsvisor_process_resident_memory_bytes: { value: ({ memory }) => memory },
  tsvisor_process_proportional_memory_bytes: { value: ({ pss }) => pss },
  tsvisor_process_charged_memory_bytes: { value: ({ charged }) => charged },
  tsvisor_process_memory_limit_bytes: { value: ({ limit }) => limit },
  tsvisor_process_cpu_seconds: { value: ({ cpuSeconds }) => cpuSeconds },
  tsvisor_process_members: { value: ({ members }) => members },
  tsvisor_process_oom_score_adj: { mark: ({ score }) => score, cells: scoreCells },
  tsvisor_process_log_bytes: { mark: ({ logBytes }) => sum(logBytes), cells: ({ logBytes }) => byLabel(logBytes, 'stream') },
  tsvisor_process_log_lost_bytes: { mark: lossMark, cells: lostCells },
  tsvisor_process_log_dropped_lines: { mark: lossMark, cells: lineCells },
} satisfies Partial<Record<MetricName, Column>>;

type ColumnName = keyof typeof COLUMNS;
const NAMES = Object.keys(COLUMNS).filter((name): name is ColumnName => Object.hasOwn(COLUMNS, name));

interface Known {
  readonly marks: readonly unknown[];
  readonly lines: Buffer;
}

const seriesOf = (name: ColumnName): string =>
  METRICS[name].type === 'counter' ? `${name}_total{` : `${name}{`;

const linesOf = (name: ColumnName, all: readonly ProcessPicture[], labels: readonly string[]): string => {
  const column: Column = COLUMNS[name];
  const series = seriesOf(name);
  const pieces: string[] = [];
  for (const [index, process] of all.entries()) {
    const label = labels[index] ?? '';
    if ('value' in column) {
      const value = column.value(process);
      if (value !== null) pieces.push(series, label, '} ', String(value), '\n');
    } else {
      for (const [more, value] of column.cells(process))
        pieces.push(series, label, ',', more, '} ', String(value), '\n');
    }
  }
  return pieces.join('');
};

const markOf = (column: Column): ((process: ProcessPicture) => unknown) =>
  'value' in column ? column.value : column.mark;

/** Keeps what it wrote last: most of a thousand lines are the same at the next scrape. */
export class Columns {
  #told: readonly ProcessPicture[] = [];
  #labels: readonly string[] = [];
  readonly #known = new Map<ColumnName, Known>();

  families(all: readonly ProcessPicture[]): readonly Family[] {
    this.#learn(all);
    return NAMES.map((name): Family => {
      const { type, help } = METRICS[name];
      return { name, type, help, lines: this.#lines(name, all) };
    });
  }

  /** Lines of other processes than the last time are worth nothing. */
  #learn(all: readonly ProcessPicture[]): void {
    const before = this.#told;
    const isSame = ({ group, name }: ProcessPicture, index: number): boolean =>
      group === before[index]?.group && name === before[index].name;
    this.#told = all;
    if (all.length === before.length && all.every(isSame)) return;
    this.#labels = all.map(({ group, name }) => written({ group, process: name }));
    this.#known.clear();
  }

  #lines(name: ColumnName, all: readonly ProcessPicture[]): Buffer {
    const mark = markOf(COLUMNS[name]);
    const known = this.#known.get(name);
    if (known !== undefined && all.every((process, index) => mark(process) === known.marks[index]))
      return known.lines;
    const lines = Buffer.from(linesOf(name, all, this.#labels));
    this.#known.set(name, { marks: all.map(mark), lines });
    return lines;
  }
}
