// Which processes are there, by group, and how are they?

import { markup, type Html } from './markup.ts';
import type { Page, Visit } from './layout.ts';
import type { Row } from './roll.ts';
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
    const { group } = row.glance;
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
  if (rows.length === 1 && rows[0]?.glance.name === group) return markup``;
  return markup`<tr class="g"><th colspan="9">${group} <small>${rows.length} processes</small><td>${!readOnly && groupButtons(`${group}:*`)}`;
};

const summary = (rows: readonly Row[]): string => {
  const counts = new Map<string, number>();
  for (const { glance } of rows) counts.set(glance.state, (counts.get(glance.state) ?? 0) + 1);
  return [...counts].map(([state, count]) => `${count} ${state}`).join(', ');
};

/** Already markup, one text: there may be hundreds. */
const written = (rows: readonly Row[], now: number): Html => {
  const pieces = rows.flatMap(({ glance: { since }, head, tail }) => [
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
  const table = markup`<table class="list"><caption>${rows.length} processes: ${summary(rows)}</caption><thead><tr>${COLUMNS.map((name) => markup`<th scope="col">${name}`)}</thead>${groups}</table>`;
  const all = markup`<p>${!readOnly && groupButtons('all')}</p>`;
  // The filter stands outside: Enter in a form presses its first button.
  const filter = markup`<p><label hidden>Filter <input type="search" id="filter" autocomplete="off"></label></p>`;
  const main = markup`<h1>Processes</h1>${filter}<form method="post" action="/act"><input type="hidden" name="token" value="${token}">${all}${rows.length === 0 ? markup`<p>No processes in the config.` : table}</form>`;
  return { title: 'Processes', main, live: 'rows' };
};
