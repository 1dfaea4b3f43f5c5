// How does one process look in the list? Few bytes, since there may be hundreds of them.

import type { ProcessSummary } from '../model/process-summary.ts';
import { namespec } from '../model/name.ts';
import { readinessWords } from '../model/readiness.ts';
import { isUpState, type State } from '../model/state.ts';
import { isOom } from '../model/verdict.ts';
import { markup, type Html } from './markup.ts';
import { bytesWords, deathWords, percentWords, scoreWords } from './words.ts';

/** The uptime stands between them: time that passes changes no row. */
export interface RowText {
  readonly head: string;
  readonly tail: string;
}

/** What an operator may want of it now; nothing while it is on its way. */
export const actsOn = (state: State): readonly string[] => {
  if (isUpState(state)) return ['stop', 'restart'];
  if (state === 'BACKOFF') return ['stop'];
  return state === 'STOPPING' || state === 'UNKNOWN' ? [] : ['start'];
};

/** Most names need no quotes: four bytes for each of a thousand. */
const value = (text: string): Html => (/^[\w:.-]+$/.test(text) ? markup`${text}` : markup`"${text}"`);

const button = (act: string, key: string): Html =>
  markup`<button name=${act} value=${value(key)}>${act}</button>`;

/** A colon may stand in a query as it is. What is encoded needs no quotes, but for an apostrophe. */
const linkTo = (key: string): string =>
  `/process?name=${encodeURIComponent(key).replaceAll('%3A', ':').replaceAll("'", '%27')}`;

/** Up, but not as it should be. */
const isUnwell = ({ readiness }: ProcessSummary): boolean =>
  readiness !== null && (readiness.ready === false || readiness.health === 'unhealthy');

const remark = (summary: ProcessSummary): Html => {
  const { why, readiness } = summary;
  const text = why === '' && readiness !== null ? readinessWords(readiness) : why;
  return text === '' ? markup`` : markup` <small>${text}</small>`;
};

/** Most are RUNNING and well: they need none. */
const classOf = (summary: ProcessSummary): Html => {
  if (isUnwell(summary)) return markup` class="${summary.state} unwell"`;
  return summary.state === 'RUNNING' ? markup`` : markup` class=${summary.state}`;
};

const usageCells = ({ members, cpu, memory }: ProcessSummary): Html =>
  markup`<td>${members}<td>${percentWords(cpu)}<td>${bytesWords(memory)}`;

const deathCell = (lastDeath: ProcessSummary['lastDeath']): Html => {
  const words = deathWords(lastDeath);
  return lastDeath !== null && isOom(lastDeath.verdict) ? markup`<b>${words}</b>` : markup`${words}`;
};

export const rowOf = (summary: ProcessSummary, readOnly: boolean): RowText => {
  const { name, state, since, score, restarts, lastDeath } = summary;
  const key = namespec(summary);
  const uptime = since === 0 ? markup`<td>` : markup`<td data-t=${since}>`;
  const head = markup`<tr id=${value(key)}${classOf(summary)}><th><a href=${linkTo(key)}>${name}</a><td>${state}${remark(summary)}${uptime}`;
  const usage = since === 0 ? markup`<td><td><td>` : usageCells(summary);
  const tail = markup`${usage}<td>${scoreWords(score)}<td>${restarts}<td>${deathCell(lastDeath)}<td>${!readOnly && actsOn(state).map((act) => button(act, key))}`;
  return { head: head.html, tail: tail.html };
};
