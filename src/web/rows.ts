// How does one process look in the list? Few bytes, since there may be hundreds of them.

import type { ProcessStatus } from '../model/command.ts';
import { namespec } from '../model/name.ts';
import { markup, type Html } from './markup.ts';
import type { Point } from './outlook.ts';
import { bytesWords, deathWords, percentWords, scoreWords, sparkline, uptimeWords } from './words.ts';

export interface RowView {
  readonly history: readonly Point[];
  readonly readOnly: boolean;
  /** Small lines of the last minute. */
  readonly lines: boolean;
  /** False leaves the uptime to the script: it counts from the start. */
  readonly uptime: boolean;
}

/** With more processes the page would be too large for its lines; those of one process are on its own page. */
const MOST_WITH_LINES = 200;

export const hasLines = (processes: number): boolean => processes <= MOST_WITH_LINES;

export const keyOf = ({ group, name }: ProcessStatus): string => namespec(group, name);

/** What an operator may want of it now; nothing while it is on its way. */
export const actsOn = ({ state }: ProcessStatus): readonly string[] => {
  if (state === 'RUNNING' || state === 'STARTING') return ['stop', 'restart'];
  if (state === 'BACKOFF') return ['stop'];
  return state === 'STOPPING' || state === 'UNKNOWN' ? [] : ['start'];
};

/** Most names need no quotes: four bytes for each of a thousand. */
const value = (text: string): Html => (/^[\w:.-]+$/.test(text) ? markup`${text}` : markup`"${text}"`);

const button = (act: string, key: string): Html =>
  markup`<button name=${act} value=${value(key)}>${act}</button>`;

/** A colon may stand in a query as it is. */
const linkTo = (key: string): string => `/process?name=${encodeURIComponent(key).replaceAll('%3A', ':')}`;

/** States that need a word more; of the others the columns tell all. */
const why = ({ state, description }: ProcessStatus): string | null =>
  state === 'BACKOFF' || state === 'FATAL' || state === 'UNKNOWN' ? description : null;

const uptimeCell = ({ uptime, start }: ProcessStatus, view: RowView): Html =>
  uptime === 0 && start === 0
    ? markup`<td>`
    : markup`<td data-t=${start}>${view.uptime && uptimeWords(uptime)}`;

const isUp = ({ state }: ProcessStatus): boolean => state === 'RUNNING' || state === 'STARTING';

const lineOf = ({ history, lines }: RowView, of: keyof Point): Html =>
  lines ? markup`<i>${sparkline(history, of)}</i>` : markup``;

const usageCells = ({ members, cpu, memory }: ProcessStatus, view: RowView): Html =>
  markup`<td>${members}<td>${lineOf(view, 'cpu')}${percentWords(cpu)}<td>${lineOf(view, 'memory')}${bytesWords(memory)}`;

export const processRow = (status: ProcessStatus, view: RowView): Html => {
  const key = keyOf(status);
  const up = isUp(status);
  const reason = why(status);
  return markup`<tr id=${value(key)} class=${status.state}><th><a href="${linkTo(key)}">${status.name}</a><td>${status.state}${reason !== null && reason !== '' && markup` <small>${reason}</small>`}${up ? uptimeCell(status, view) : markup`<td>`}${
    up ? usageCells(status, view) : markup`<td><td><td>`
  }<td>${scoreWords(status)}<td>${status.restarts}<td>${deathWords(status)}<td>${!view.readOnly && actsOn(status).map((act) => button(act, key))}`;
};
