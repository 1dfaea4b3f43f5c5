// What do all pages have in common? Head, navigation, what was said last, and the foot.

import type { SupervisorStatus } from '../model/command.ts';
import { ASSETS } from './assets.ts';
import { markup, type Html } from './markup.ts';
import { ORDERS } from './orders.ts';

/** Who looks, and with which rights. */
export interface Visit {
  /** Goes into every form; see session.ts. */
  readonly token: string;
  /** Buttons are left out. */
  readonly readOnly: boolean;
  /** What the last order was answered with; null when nothing was ordered. */
  readonly said: string | null;
  /** What the rows of the page are up to date with; see live.ts. */
  readonly version?: number;
}

export interface Page {
  readonly title: string;
  readonly main: Html;
  /** What the script keeps fresh: rows by name, or the whole of <main> at these events. */
  readonly live: 'rows' | 'process' | 'oom' | 'log' | 'none';
}

const PLACES = [
  { href: '/', name: 'Processes' },
  { href: '/oom', name: 'Memory' },
  { href: '/log', name: 'Main log' },
] as const;

const navigation = (title: string): Html =>
  markup`<nav aria-label="Pages">${PLACES.map(
    ({ href, name }) =>
      markup`<a href="${href}" ${name === title && markup` aria-current="page"`}>${name}</a>`,
  )}</nav>`;

const guardianWords = ({ guardian }: SupervisorStatus): string =>
  guardian.state === 'present' ? `guardian ${guardian.pid}` : `guardian ${guardian.state}`;

const notices = ({ notices: all, pastLife, mood }: SupervisorStatus): Html => {
  const past =
    pastLife === null
      ? null
      : `The supervisor before this one died (oom: ${pastLife.verdict.oom}): ${pastLife.verdict.because}`;
  const lines = [mood === 'RUNNING' ? null : 'tsvisor is stopping.', past, ...all].filter(
    (line) => line !== null,
  );
  return markup`${
    lines.length > 0 && markup`<ul class="notices">${lines.map((line) => markup`<li>${line}`)}</ul>`
  }`;
};

/** The script asks them in a dialog. */
const SURE = JSON.stringify(
  Object.fromEntries(
    Object.entries(ORDERS).flatMap(([act, { sure }]) => (sure === null ? [] : [[act, sure]])),
  ),
);

const head = (title: string, { identifier }: SupervisorStatus): Html => {
  const { style, script } = ASSETS;
  const metas = markup`<meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">`;
  const links = markup`<link rel="icon" href="data:,"><link rel="stylesheet" href="${style.href}"><script defer src="${script.href}"></script>`;
  return markup`<head>${metas}<title>${title} · ${identifier}</title>${links}</head>`;
};

const top = (title: string, { identifier }: SupervisorStatus): Html =>
  markup`<a class="skip" href="#main">Skip to content</a><header><strong>${identifier}</strong>${navigation(title)}<span id="link" role="status"></span></header>`;

const DIALOG = markup`<dialog id="sure"><form method="dialog"><p></p><button value="no">Cancel</button> <button value="yes" class="hurts">Yes</button></form></dialog>`;

const foot = (about: SupervisorStatus, { readOnly }: Visit): Html => {
  const { version, pid, containment } = about;
  return markup`<footer>tsvisor ${version} · pid ${pid} · ${guardianWords(about)} · ${containment}${readOnly && ' · read-only'}</footer>`;
};

export const renderPage = ({ title, main, live }: Page, about: SupervisorStatus, visit: Visit): string => {
  const { said, version = 0, readOnly } = visit;
  const data = markup`data-live="${live}" data-version="${version}" data-sure="${readOnly ? '' : SURE}"`;
  const body = markup`${top(title, about)}<p id="said" role="status">${said}</p>${notices(about)}<main id="main">${main}</main>${foot(about, visit)}${DIALOG}`;
  const page = markup`<!doctype html><html lang="en">${head(title, about)}<body ${data}>${body}</body></html>`;
  return page.html;
};
