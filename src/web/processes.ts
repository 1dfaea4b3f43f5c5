// Which processes are there, by group, and how are they?

import type { ProcessStatus } from '../model/command.ts';
import { markup, type Html } from './markup.ts';
import type { Page, Visit } from './layout.ts';
import type { Outlook } from './outlook.ts';
import { hasLines, keyOf, processRow } from './rows.ts';

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

const byGroup = (statuses: readonly ProcessStatus[]): ReadonlyMap<string, readonly ProcessStatus[]> => {
  const groups = new Map<string, ProcessStatus[]>();
  for (const status of statuses) {
    const known = groups.get(status.group);
    if (known === undefined) groups.set(status.group, [status]);
    else known.push(status);
  }
  return groups;
};

const groupButtons = (name: string): Html =>
  markup`<button name="start" value="${name}">start all</button><button name="stop" value="${name}">stop all</button><button name="restart" value="${name}">restart all</button>`;

/** A program of one process is its own group: no line above it. */
const groupHead = (group: string, members: readonly ProcessStatus[], { readOnly }: Visit): Html => {
  if (members.length === 1 && members[0]?.name === group) return markup``;
  return markup`<tr class="g"><th colspan="9">${group} <small>${members.length} processes</small><td>${!readOnly && groupButtons(`${group}:*`)}`;
};

const summary = (statuses: readonly ProcessStatus[]): string => {
  const counts = new Map<string, number>();
  for (const { state } of statuses) counts.set(state, (counts.get(state) ?? 0) + 1);
  return [...counts].map(([state, count]) => `${count} ${state}`).join(', ');
};

export const processesPage = (outlook: Outlook, visit: Visit): Page => {
  const statuses = outlook.statuses();
  const { readOnly, token } = visit;
  const lines = hasLines(statuses.length);
  const row = (status: ProcessStatus): Html =>
    processRow(status, { history: outlook.history(keyOf(status)), readOnly, lines, uptime: true });
  const groups = [...byGroup(statuses)].map(
    ([group, members]) => markup`<tbody>${groupHead(group, members, visit)}${members.map(row)}</tbody>`,
  );
  const table = markup`<table class="list"><caption>${statuses.length} processes: ${summary(statuses)}</caption><thead><tr>${COLUMNS.map((name) => markup`<th scope="col">${name}`)}</thead>${groups}</table>`;
  const all = markup`<p>${!readOnly && groupButtons('all')}</p>`;
  // The filter stands outside: Enter in a form presses its first button.
  const filter = markup`<p><label hidden>Filter <input type="search" id="filter" autocomplete="off"></label></p>`;
  const main = markup`<h1>Processes</h1>${filter}<form method="post" action="/act"><input type="hidden" name="token" value="${token}">${all}${statuses.length === 0 ? markup`<p>No processes in the config.` : table}</form>`;
  return { title: 'Processes', main, live: 'rows' };
};
