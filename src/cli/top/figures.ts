// Which figures of a process stand in its line of the live terminal? Columns, as wide as 80 of them allow.

import type { ProcessStatus } from '../../model/command.ts';
import { momentWords, memoryWords, uptimeWords } from '../text/words.ts';
import { isGivenUp } from '../../model/phase.ts';
import { isOom } from '../../model/verdict.ts';
import { healthWord, type SortName } from './state.ts';

interface Column {
  readonly title: string;
  readonly width: number;
  readonly cell: (process: ProcessStatus) => string;
  /** Words stand at the left, numbers at the right. */
  readonly left?: true;
  /** What a click on its title sorts by. */
  readonly sort?: SortName;
}

const number = (value: number | null, words: (value: number) => string): string =>
  value === null ? '' : words(value);

// oxfmt-ignore
const STATE: Column = { title: 'STATE', width: 9, left: true, sort: 'state', cell: ({ state }) => state };
// oxfmt-ignore
const HEALTH: Column = { title: 'HEALTH', width: 8, left: true, cell: healthWord };
// oxfmt-ignore
const REST: readonly Column[] = [
  { title: 'PID', width: 8, cell: ({ pid }) => (pid === 0 ? '' : String(pid)) },
  { title: 'UPTIME', width: 10, cell: ({ pid, uptime }) => (pid === 0 ? '' : uptimeWords(uptime)) },
  { title: 'MEMORY', width: 7, sort: 'memory', cell: ({ memory }) => number(memory, memoryWords) },
  { title: 'CPU%', width: 5, sort: 'cpu', cell: ({ cpu }) => number(cpu, (value) => value.toFixed(value < 99.95 ? 1 : 0)) },
  { title: 'SCORE', width: 6, sort: 'score', cell: ({ score }) => number(score?.effective ?? null, String) },
  { title: 'RST', width: 5, sort: 'restarts', cell: ({ restarts }) => String(restarts) },
];

/** Health has its column only where some program tells or is checked. */
export const columnsFor = (processes: readonly ProcessStatus[]): readonly Column[] =>
  processes.some(({ readiness }) => readiness !== null) ? [STATE, HEALTH, ...REST] : [STATE, ...REST];

const padded = ({ width, left }: Column, text: string): string =>
  left === true ? text.padEnd(width) : text.padStart(width);

export const titles = (columns: readonly Column[]): string =>
  columns.map((column) => padded(column, column.title)).join('');

/** What a click sorts by, so many characters behind the beginning of the first column; null where that is nothing. */
export const sortAt = (columns: readonly Column[], at: number): SortName | null => {
  let end = 0;
  for (const { width, sort } of columns) {
    end += width;
    if (at < end) return sort ?? null;
  }
  return 'death';
};

export const figures = (columns: readonly Column[], process: ProcessStatus): string =>
  columns.map((column) => padded(column, column.cell(process))).join('');

export const deathWords = ({ lastDeath }: ProcessStatus, now: number): string => {
  if (lastDeath === null) return '';
  const { exit, reason, verdict, at } = lastDeath;
  const why = isGivenUp(reason) ? reason : (exit.signal ?? `exit ${exit.code ?? '?'}`);
  const how = isOom(verdict) ? 'oom' : why;
  return `${how} ${momentWords(at, now)}`;
};
