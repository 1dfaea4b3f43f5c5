// How does YAML say a value that an ini file says? As a list or a map where that is the same, else as the same text.

import { strip } from './blanks.ts';
import { readEnvironment } from './environment.ts';
import type { KeyRow } from './keys.ts';

export type YamlValue = string | readonly string[] | ReadonlyMap<string, string>;

const CONVERSION = /%%|%\([^)]*\)[-+ #0]*\d*(?:\.\d*)?[a-zA-Z]/g;

/** What is left to expand once a text was expanded: YAML does once what supervisord does twice. */
const expandedOnce = (text: string): string =>
  text.replaceAll(CONVERSION, (conversion) => (conversion === '%%' ? '%' : conversion));

const LISTS: ReadonlySet<string> = new Set(['list', 'exitcodes', 'events']);

/** Not a character of words to the reader of environments, and no other text has it. */
const PERCENT = '\u{E000}';

/**
 * The variables, each with its own names to expand; null when a name stands for more than a part of a value. The names are words while
 * the text is read, as what they stand for nearly always is.
 */
const variablesOf = (text: string): ReadonlyMap<string, string> | null => {
  if (text.includes(PERCENT)) return null;
  let mark = 'name';
  while (text.includes(mark)) mark += '_';
  const names: string[] = [];
  const marked = text.replaceAll(CONVERSION, (conversion) =>
    conversion === '%%' ? PERCENT : `${mark}${names.push(conversion) - 1}_`,
  );
  const { variables } = readEnvironment(marked);
  if (variables === undefined || Object.keys(variables).some((key) => key.includes(mark))) return null;
  const back = (value: string): string =>
    value
      .replaceAll(new RegExp(`${mark}(\\d+)_`, 'g'), (_, at: string) => names[Number(at)] ?? '')
      .replaceAll(PERCENT, '%%');
  return new Map(Object.entries(variables).map(([key, value]) => [key, back(value)]));
};

/** `twice`: supervisord expands this key twice. */
export const yamlValue = (raw: string, row: KeyRow | undefined, twice: boolean): YamlValue => {
  const text = twice ? expandedOnce(raw) : raw;
  if (row?.type === 'environment') return variablesOf(text) ?? text;
  if (row === undefined || !LISTS.has(row.type) || text.includes('%')) return text;
  const items = text.split(',').map(strip);
  return items.length > 1 ? items : text;
};
