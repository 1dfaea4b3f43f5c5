// How is text written for man(1)? Words with `code` in them become lines of roff in the macros of man(7).

import { readVersion } from './version.ts';

/** Of the form of the pages; what they say is as old as the version in their foot. */
const DATE = '2026-11-24';

const outOfAscii = (letter: string): string =>
  `\\[u${(letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`;

const escaped = (text: string): string =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', String.raw`\-`)
    .replaceAll('^', String.raw`\(ha`)
    .replaceAll('~', String.raw`\(ti`)
    .replaceAll(/\P{ASCII}/gu, outOfAscii);

/** A line that begins with a dot or a quote would be an order. */
const asText = (line: string): string => (/^[.']/.test(line) ? String.raw`\&${line}` : line);

const bold = (text: string): string =>
  escaped(text).replaceAll(/`([^`]+)`/g, (_, code: string) => String.raw`\fB${code}\fR`);

/** A new sentence on a new line, as readers of roff want it; code is set in bold. */
const prose = (text: string): string =>
  text
    .split(/\n|(?<=[.!?]) (?=[A-Z`])/)
    .map((line) => asText(bold(line.trim())))
    .filter((line) => line !== '')
    .join('\n');

/** Text as it stands, each line a line. */
export const example = (text: string): string =>
  [
    '.PP',
    '.RS 4',
    '.nf',
    ...text
      .trimEnd()
      .split('\n')
      .map((line) => asText(escaped(line))),
    '.fi',
    '.RE',
  ].join('\n');

export const paragraph = (text: string): string => `.PP\n${prose(text)}`;

/** A term with what it means below it; each meaning begins a line. */
export const term = (name: string, ...meanings: readonly string[]): string =>
  `.TP\n${asText(bold(name))}\n${meanings.map(prose).join('\n.br\n')}`;

export const section = (title: string, ...parts: readonly string[]): string =>
  [`.SH ${title}`, ...withoutLeading(parts)].join('\n');

export const subsection = (title: string, ...parts: readonly string[]): string =>
  [`.SS "${escaped(title).replaceAll('"', '""')}"`, ...withoutLeading(parts)].join('\n');

/** A paragraph right below a title is one already. */
const withoutLeading = ([first = '', ...rest]: readonly string[]): readonly string[] =>
  [first.replace(/^\.PP\n/, ''), ...rest].filter((part) => part !== '');

interface Head {
  readonly name: string;
  readonly chapter: number;
}

/** The whole page, as the file has it. */
export const manual = ({ name, chapter }: Head, ...sections: readonly string[]): string =>
  [
    '.\\" Written by `node scripts/docs.mjs`.',
    `.TH ${name.toUpperCase()} ${chapter} ${DATE} "tsvisor ${readVersion()}" "tsvisor"`,
    ...sections,
    '',
  ].join('\n');
