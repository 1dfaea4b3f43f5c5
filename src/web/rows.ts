// How does one process look in the list? Few bytes, since there may be hundreds of them.

import type { Glance } from '../model/glance.ts';
import { namespec } from '../model/name.ts';
import { readinessWords } from '../model/readiness.ts';
import type { State } from '../model/state.ts';
import { isOom } from '../model/verdict.ts';
import { markup, type Html } from './markup.ts';
import { bytesWords, deathWords, percentWords, scoreWords } from './words.ts';

/** The uptime stands between them: time that passes changes no row. */
export interface RowText {
  readonly head: string;
  readonly tail: string;
}

export const keyOf = ({ group, name }: { readonly group: string; readonly name: string }): string =>
  namespec(group, name);

/** What an operator may want of it now; nothing while it is on its way. */
export const actsOn = (state: State): readonly string[] => {
  if (state === 'RUNNING' || state === 'STARTING') return ['stop', 'restart'];
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
const isUnwell = ({ readiness }: Glance): boolean =>
  readiness !== null && (readiness.ready === false || readiness.health === 'unhealthy');

const remark = (glance: Glance): Html => {
  const { why, readiness } = glance;
  const text = why === '' && readiness !== null ? readinessWords(readiness) : why;
  return text === '' ? markup`` : markup` <small>${text}</small>`;
};

/** Most are RUNNING and well: they need none. */
const classOf = (glance: Glance): Html => {
  if (isUnwell(glance)) return markup` class="${glance.state} unwell"`;
  return glance.state === 'RUNNING' ? markup`` : markup` class=${glance.state}`;
};

const usageCells = ({ members, cpu, memory }: Glance): Html =>
  markup`<td>${members}<td>${percentWords(cpu)}<td>${bytesWords(memory)}`;

const deathCell = (lastDeath: Glance['lastDeath']): Html => {
  const words = deathWords(lastDeath);
  return lastDeath !== null && isOom(lastDeath.verdict) ? markup`<b>${words}</b>` : markup`${words}`;
};

export const rowOf = (glance: Glance, readOnly: boolean): RowText => {
  const { name, state, since, score, restarts, lastDeath } = glance;
  const key = keyOf(glance);
  const uptime = since === 0 ? markup`<td>` : markup`<td data-t=${since}>`;
  const head = markup`<tr id=${value(key)}${classOf(glance)}><th><a href=${linkTo(key)}>${name}</a><td>${state}${remark(glance)}${uptime}`;
  const usage = since === 0 ? markup`<td><td><td>` : usageCells(glance);
  const tail = markup`${usage}<td>${scoreWords(score)}<td>${restarts}<td>${deathCell(lastDeath)}<td>${!readOnly && actsOn(state).map((act) => button(act, key))}`;
  return { head: head.html, tail: tail.html };
};
