// Which processes are there, by group, and how are they?

import { markup, type Html } from './markup.ts';
import type { Page, Visit } from './layout.ts';
import type { Row } from './row-cache.ts';
import type { State } from '../model/state.ts';
import { uptimeWords } from './words.ts';

const COLUMNS = [
  'Process',
  'State',
  'Uptime',
  'Members',
  'CPU %',
  'Memory',
  'Score',
  'Restarts',
  'Last death',
  'Actions',
];

const byGroup = (rows: readonly Row[]): ReadonlyMap<string, readonly Row[]> => {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const { group } = row.summary;
    const known = groups.get(group);
    if (known === undefined) groups.set(group, [row]);
    else known.push(row);
  }
  return groups;
};

const groupButtons = (name: string): Html =>
  markup`<button name="start" value="${name}">start all</button><button name="stop" value="${name}">stop all</button><button name="restart" value="${name}">restart all</button>`;

/** A program of one process is its own group: no line above it. */
const groupHead = (group: string, rows: readonly Row[], { readOnly }: Visit): Html => {
  if (rows.length === 1 && rows[0]?.summary.name === group) return markup``;
  return markup`<tr class="g"><th colspan="9">${group} <small>${rows.length} processes</small><td>${!readOnly && groupButtons(`${group}:*`)}`;
};

/** What needs a look comes first. */
const ORDER: readonly State[] = [
  'FATAL',
  'UNKNOWN',
  'BACKOFF',
  'EXITED',
  'STARTING',
  'STOPPING',
  'RUNNING',
  'STOPPED',
];

/** The script counts anew, and makes buttons of them that filter. */
const stateCounts = (rows: readonly Row[]): Html => {
  const counts = ORDER.map((state) => ({
    state,
    count: rows.filter(({ summary }) => summary.state === state).length,
  }));
  return markup`<p id="states" data-order="${ORDER.join(' ')}">${counts.map(({ state, count }) => count > 0 && markup`<span class="${state}">${count} ${state}</span> `)}</p>`;
};

/** Already markup, one text: there may be hundreds. */
const written = (rows: readonly Row[], now: number): Html => {
  const pieces = rows.flatMap(({ summary: { since }, head, tail }) => [
    head,
    since === 0 ? '' : uptimeWords(Math.max(0, now - since)),
    tail,
  ]);
  return { html: pieces.join('') };
};

/** `now` in epoch seconds. */
export const processesPage = (rows: readonly Row[], visit: Visit, now: number): Page => {
  const { readOnly, token } = visit;
  const groups = [...byGroup(rows)].map(
    ([group, members]) => markup`<tbody>${groupHead(group, members, visit)}${written(members, now)}</tbody>`,
  );
  const table = markup`<table class="list"><thead><tr>${COLUMNS.map((name) => markup`<th scope="col">${name}`)}</thead>${groups}</table>`;
  // The filter stands outside: Enter in a form presses its first button.
  const filter = markup`<label hidden>Filter <input type="search" id="filter" autocomplete="off" placeholder="name or state"></label>`;
  const all = markup`<p class="all">${!readOnly && groupButtons('all')}</p>`;
  const main = markup`<h1>Processes</h1><div class="tools">${stateCounts(rows)}${filter}</div><form method="post" action="/act"><input type="hidden" name="token" value="${token}">${all}${rows.length === 0 ? markup`<p>No processes in the config.` : table}</form>`;
  return { title: 'Processes', main, live: 'rows' };
};
