// How does the table of keys read as a page? Fills the tables of docs/reference/config.md between their markers.

import { ADVICE_RULES } from './advice-rules.ts';
import { OWN_KEYS, PROGRAM_KEYS, SECTIONS, YAML_KEYS } from './keys.ts';
import type { KeyRow, SectionKind } from './keys.ts';
import { SCOPE_WORDS, TYPE_WORDS } from './words.ts';

type Rows = Readonly<Record<string, KeyRow>>;

const code = (text: string): string => (text === '' ? '' : `\`${text}\``);

/** Columns padded to one width, as the formatter of the project leaves them. */
const table = (rows: readonly (readonly string[])[]): string => {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(3, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
};

export const valueOf = (row: KeyRow): string => {
  const { ini, yaml } = TYPE_WORDS[row.type];
  return yaml === undefined ? ini : `${ini} (YAML: ${yaml})`;
};

export const defaultOf = (row: KeyRow): string =>
  row.default === null ? '' : row.default === '' ? 'empty' : code(row.default);

const keyTable = (rows: Rows): string =>
  table([
    ['key', 'value', 'default', 'expands', 'meaning'],
    ...Object.entries(rows).map(([key, row]) => [
      code(key),
      valueOf(row),
      defaultOf(row),
      row.scope,
      row.doc,
    ]),
  ]);

const without = (rows: Rows, others: Rows): Rows =>
  Object.fromEntries(Object.entries(rows).filter(([key]) => !Object.hasOwn(others, key)));

/** Every table of keys; keys that several sections share are in one of them only. */
export const sectionRows = (): Readonly<Record<SectionKind | 'own' | 'yaml', Rows>> => ({
  ...SECTIONS,
  program: without(SECTIONS.program, OWN_KEYS),
  group: without(SECTIONS.group, OWN_KEYS),
  eventlistener: without(SECTIONS.eventlistener, PROGRAM_KEYS),
  'fcgi-program': without(SECTIONS['fcgi-program'], PROGRAM_KEYS),
  own: OWN_KEYS,
  yaml: YAML_KEYS,
});

/** Every table of the page by the name of its marker. */
export const referenceTables = (): ReadonlyMap<string, string> =>
  new Map([
    ...Object.entries(sectionRows()).map(([name, rows]) => [name, keyTable(rows)] as const),
    [
      'expands',
      table([['expands', 'names'], ...Object.entries(SCOPE_WORDS).map(([scope, names]) => [scope, names])]),
    ],
    [
      'advice',
      table([
        ['advice', 'about'],
        ...Object.entries(ADVICE_RULES).map(([rule, about]) => [code(rule), about]),
      ]),
    ],
  ]);

const MARKED = /<!-- table: ([\w-]+) -->\n[^]*?<!-- end -->/g;

/** The page with every table as it is now. A marker without a table, or a table without a marker, is a mistake. */
export const fillReference = (page: string): string => {
  const tables = new Map(referenceTables());
  const filled = page.replaceAll(MARKED, (_, name: string) => {
    const text = tables.get(name);
    if (text === undefined) throw new Error(`no table is called ${name}`);
    tables.delete(name);
    return `<!-- table: ${name} -->\n\n${text}\n\n<!-- end -->`;
  });
  if (tables.size > 0) throw new Error(`the page has no place for ${[...tables.keys()].join(', ')}`);
  return filled;
};
