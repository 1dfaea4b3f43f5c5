// How does the table of commands read as a page? Writes docs/reference/commands.md.

import { ERRORS } from '../model/errors.ts';
import { GLOBAL_OPTIONS, ROWS, type OptionRow, type Row } from './rows.ts';
import { HELP } from './ctl/help.ts';
import { CTL_OPTIONS } from './ctl/options.ts';

type Cells = readonly string[];

const escaped = (text: string): string => text.replaceAll('*bytes*', 'bytes').replaceAll('|', String.raw`\|`);

/** Columns padded to one width, as the formatter of the project leaves them. */
const table = (head: Cells, rows: readonly Cells[]): string => {
  const all = [head, ...rows].map((row) => row.map(escaped));
  const widths = head.map((_, column) => Math.max(3, ...all.map((row) => (row[column] ?? '').length)));
  const line = (cells: Cells): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [first = [], ...others] = all;
  return [line(first), line(widths.map((width) => '-'.repeat(width))), ...others.map(line)].join('\n');
};

const optionTable = (options: readonly OptionRow[]): string =>
  table(
    ['option', 'what it does'],
    options.map(({ flags, meaning }) => [`\`${flags}\``, meaning]),
  );

const commandPart = ({ name, words, summary, detail, options }: Row): string =>
  [
    `## \`${`tsvisor ${name} ${words}`.trimEnd()}\``,
    `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`,
    ...detail.split('\n').filter((line) => line !== ''),
    ...(options.length === 0 ? [] : [optionTable(options)]),
  ].join('\n\n');

/** The first line of supervisorctl's own help says how an action is written; the rest is the same in other words. */
export const actionRows = (): readonly Cells[] =>
  Object.entries(HELP).flatMap(([action, text]) =>
    text
      .split('\n')
      .filter((line) => line.startsWith(action))
      .map((line) => {
        const [written = '', ...meaning] = line.split(/\s*\t+/);
        return [`\`${written.trim()}\``, meaning.join(' ').trim()];
      }),
  );

export const ctlOptions = (): readonly OptionRow[] =>
  CTL_OPTIONS.map(({ short, long, value, meaning }) => ({
    flags: `-${short}${long === null ? '' : `, --${long}`}${value === null ? '' : ` <${value.toLowerCase()}>`}`,
    meaning,
  }));

const exitRows = (): readonly Cells[] =>
  Object.entries(ERRORS)
    .filter(([, { exit }]) => exit !== 0)
    .toSorted(([, left], [, right]) => left.exit - right.exit)
    .map(([code, { exit, message }]) => [String(exit), `\`${code}\``, message]);

export const commandsPage = (): string =>
  [
    '# Commands',
    '[All docs](../README.md)',
    'Generated from the table of commands by `node scripts/docs.mjs`.',
    'Options of every command, before or after its name. `--help` explains a command.',
    optionTable(GLOBAL_OPTIONS),
    ...ROWS.map(commandPart),
    '## Options of `tsvisor ctl`',
    optionTable(ctlOptions()),
    '## Actions of `tsvisor ctl`',
    table(['action', 'what it does'], actionRows()),
    '## Exit statuses',
    '0 is success, 2 a wrong command line, 70 a bug in tsvisor. A refusal has the exit status of its code; some commands have others, listed above. `tsvisor ctl` has those of supervisorctl.',
    table(['status', 'code', 'message'], exitRows()),
    '',
  ]
    .join('\n\n')
    .trimEnd() + '\n';
