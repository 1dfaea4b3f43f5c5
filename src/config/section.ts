// What are the values of one section? Looks keys up in the table, expands, reads, and reports what cannot be read.

import type { Problem } from '../model/problem.ts';
import { entryOf, problemAt } from './draft.ts';
import type { Draft, Origin, Raw, Section } from './draft.ts';
import { expand } from './expand.ts';
import type { Names } from './expand.ts';
import type { KeyRow } from './keys.ts';
import { isRefusal, shown } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import { TYPES } from './types.ts';
import type { Reading, ValueOf } from './types.ts';

type Rows = Readonly<Record<string, KeyRow>>;

/** What is resolved, with what, and what came of it. */
export interface Work {
  readonly draft: Draft;
  readonly reading: Reading;
  /** Absolute folder of the main file. */
  readonly here: string;
  /** ENV_ names: the environment, and what `[supervisord] environment` adds once it is read. */
  readonly env: Map<string, string>;
  /** Values of defaults, read once. */
  readonly defaults: Map<KeyRow, unknown>;
  /** Problems and warnings come once each, however many processes share the value. */
  readonly report: (problem: Problem) => void;
  readonly warn: (warning: Problem) => void;
}

type Filled<R extends KeyRow> = ValueOf<R['type']> | (R['default'] extends string ? never : null);

export interface SectionReader<R extends Rows> {
  readonly section: Section;
  has(key: keyof R & string): boolean;
  /**
   * The value, expanded with the names, and with `again` once more. One that cannot be read is reported and gives the default, or null where
   * there is none.
   */
  read<K extends keyof R & string>(key: K, names: Names, again?: Names): Filled<R[K]>;
  /** The text as written, or as its default is. */
  plain(key: keyof R & string): string;
  /** False once a value of the section was refused. */
  sound(): boolean;
  /** Reports something about a key, at its place. */
  refuse(key: string, refusal: Refusal): void;
  /** A warning in supervisord's own words. */
  quote(key: string, message: string): void;
  warn(key: string, message: string, hint: string): void;
}

const expandRaw = (raw: Raw, names: Names): Raw | Refusal => {
  if (typeof raw === 'string') {
    const done = expand(raw, names);
    return done.refused === undefined
      ? done.text
      : { ...done, refused: `cannot expand ${shown(raw)}: ${done.refused}` };
  }
  const entries = Object.entries(raw).map(([key, text]) => [key, expandRaw(text, names)] as const);
  const refusal = entries.map(([, value]) => value).find((value) => isRefusal(value));
  if (refusal !== undefined) return refusal;
  const good = entries.filter((entry): entry is readonly [string, string] => typeof entry[1] === 'string');
  return Array.isArray(raw) ? good.map(([, text]) => text) : Object.fromEntries(good);
};

const meaning = (work: Work, row: KeyRow, text: Raw | Refusal): unknown =>
  isRefusal(text) ? text : TYPES[row.type](text, work.reading);

const byDefault = (work: Work, row: KeyRow, names: Names): unknown => {
  if (row.default === null) return null;
  if (row.default.includes('%')) return meaning(work, row, expandRaw(row.default, names));
  const known = work.defaults.get(row) ?? meaning(work, row, row.default);
  work.defaults.set(row, known);
  return known;
};

const isPlain = (raw: Raw | null): boolean => raw === null || (typeof raw === 'string' && !raw.includes('%'));

/** The place of a key, or of its section's header when the key is not there. */
const originOf = (section: Section, key: string): Origin => entryOf(section, key)?.origin ?? section.origin;

export const readerOf = <R extends Rows>(work: Work, section: Section, rows: R): SectionReader<R> => {
  let refused = false;
  const refuse = (key: string, refusal: Refusal): void => {
    refused = true;
    const message = `cannot use ${section.title}: ${refusal.refused}`;
    work.report(problemAt(originOf(section, key), { key, message, hint: refusal.hint }));
  };
  /** Values that no name can change, by key: all processes of a section share them. */
  const settled = new Map<string, unknown>();
  const read = (key: string, names: Names, again?: Names): unknown => {
    const known = settled.get(key);
    if (known !== undefined) return known;
    const row = rows[key];
    if (row === undefined) throw new Error(`no such key in the table: ${key}`);
    const raw = entryOf(section, key)?.raw;
    const once = raw === undefined ? undefined : expandRaw(raw, names);
    const text = once === undefined || isRefusal(once) || again === undefined ? once : expandRaw(once, again);
    const result = text === undefined ? undefined : meaning(work, row, text);
    if (isRefusal(result)) refuse(key, result);
    const value = result === undefined || isRefusal(result) ? byDefault(work, row, names) : result;
    if (isPlain(raw ?? row.default)) settled.set(key, value);
    return value;
  };
  return {
    section,
    has: (key) => entryOf(section, key) !== undefined,
    // The table ties each key to its type and the type to its reader; TypeScript cannot follow that through `value`.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    read: (key, names, again) => read(key, names, again) as Filled<R[typeof key]>,
    plain: (key) => {
      const raw = entryOf(section, key)?.raw ?? rows[key]?.default;
      return typeof raw === 'string' ? raw : '';
    },
    sound: () => !refused,
    refuse,
    quote: (key, message) => {
      work.warn({ ...problemAt(originOf(section, key), { key, message }), verbatim: true });
    },
    warn: (key, message, hint) => {
      work.warn(problemAt(originOf(section, key), { key, message, hint }));
    },
  };
};
