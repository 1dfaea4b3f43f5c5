// What does a key mean? Its rows of the table, in words.

import { SECTIONS, YAML_KEYS } from './keys.ts';
import type { KeyRow } from './keys.ts';
import { nearest } from './nearest.ts';
import { SCOPE_WORDS, TYPE_WORDS } from './words.ts';

export interface Explanation {
  /** Kinds of section that have the key, as an ini file names them; empty for a key that only YAML has. */
  readonly sections: readonly string[];
  readonly key: string;
  readonly doc: string;
  /** What a value looks like. */
  readonly value: string;
  /** The same in YAML, where that takes more. */
  readonly yamlValue: string | null;
  /** As a file would say it; null for none. */
  readonly default: string | null;
  /** Which %(names)s it may use. */
  readonly names: string;
  /** tsvisor's own; supervisord ignores it. */
  readonly own: boolean;
}

const explanation = (key: string, row: KeyRow, sections: readonly string[]): Explanation => ({
  sections,
  key,
  doc: row.doc,
  value: TYPE_WORDS[row.type].ini,
  yamlValue: TYPE_WORDS[row.type].yaml ?? null,
  default: row.default,
  names: SCOPE_WORDS[row.scope],
  own: row.own === true,
});

const sameRow = (left: KeyRow, right: KeyRow): boolean =>
  left.doc === right.doc && left.type === right.type && left.default === right.default;

const rowsOf = (rows: Readonly<Record<string, KeyRow>>, key: string): readonly KeyRow[] => {
  const row = rows[key];
  return row === undefined ? [] : [row];
};

const allKeys = (): readonly string[] => [
  ...new Set([...Object.values(SECTIONS).flatMap((rows) => Object.keys(rows)), ...Object.keys(YAML_KEYS)]),
];

/**
 * What is known of a key, one explanation for each meaning it has: `startsecs`, or `program.priority` for one kind of section.
 * For a key that does not exist: none, and a hint.
 */
export const explainKey = (
  name: string,
): { readonly found: readonly Explanation[]; readonly hint: string } => {
  const dot = name.indexOf('.');
  const wanted = dot === -1 || name.startsWith('supervisor.') ? null : name.slice(0, dot);
  const key = (wanted === null ? name : name.slice(dot + 1)).toLowerCase();
  const meanings: { row: KeyRow; sections: string[] }[] = [];
  for (const [section, rows] of Object.entries(SECTIONS)) {
    if (wanted !== null && section !== wanted) continue;
    for (const row of rowsOf(rows, key)) {
      const same = meanings.find((meaning) => sameRow(meaning.row, row));
      if (same === undefined) meanings.push({ row, sections: [section] });
      else same.sections.push(section);
    }
  }
  for (const row of rowsOf(YAML_KEYS, key)) meanings.push({ row, sections: [] });
  const found = meanings.map(({ row, sections }) => explanation(key, row, sections));
  if (found.length > 0) return { found, hint: '' };
  const meant = nearest(key, allKeys());
  return { found, hint: meant === null ? 'tsvisor.yaml(5) lists them all' : `did you mean ${meant}?` };
};
