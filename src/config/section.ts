// What are the values of one section? Looks keys up in the table, expands, reads, and reports what cannot be read.

import type { Problem } from '../model/problem.ts';
import { entryOf, problemAt } from './draft.ts';
import type { Draft, Origin, Raw, Section } from './draft.ts';
import { expand } from './expand.ts';

import type { KeyRow } from './keys.ts';
import type { Names } from './names.ts';
import { eachOf, isRefusal, shown, together } from './refusal.ts';
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
  /** Processes that were made of all sections so far. */
  readonly total: { processes: number };
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
    return typeof done === 'string'
      ? done
      : { ...done, refused: `cannot expand ${shown(raw)}: ${done.refused}` };
  }
  const entries = Object.entries(raw).map(([key, text]) => [key, expandRaw(text, names)] as const);
  const refusal = together(entries.map(([, value]) => value).filter(isRefusal));
  if (refusal !== null) return refusal;
  const good = entries.filter((entry): entry is readonly [string, string] => typeof entry[1] === 'string');
  return Array.isArray(raw) ? good.map(([, text]) => text) : Object.fromEntries(good);
};

const meaning = (work: Work, row: KeyRow, text: Raw | Refusal): unknown =>
  isRefusal(text) ? text : TYPES[row.type](text, work.reading);

const byDefault = (work: Work, row: KeyRow, names: Names): unknown => {
  if (row.default === null) return null;
  const known = work.defaults.get(row);
  if (known !== undefined) return known;
  if (row.default.includes('%')) return meaning(work, row, expandRaw(row.default, names));
  const value = meaning(work, row, row.default);
  work.defaults.set(row, value);
  return value;
};

const isPlain = (raw: Raw): boolean => typeof raw === 'string' && !raw.includes('%');

/** The place of a key, or of its section's header when the key is not there. */
const originOf = (section: Section, key: string): Origin => entryOf(section, key) ?? section.origin;

/** Lives as long as its section is read; there are as many as sections, so it is kept small. */
class Reader<R extends Rows> implements SectionReader<R> {
  readonly section: Section;
  private readonly work: Work;
  private readonly rows: R;
  private refused = false;
  /** Values that no name can change, by key: all processes of a section share them. */
  private settled: Map<string, unknown> | null = null;

  constructor(work: Work, section: Section, rows: R) {
    this.work = work;
    this.section = section;
    this.rows = rows;
  }

  has(key: keyof R & string): boolean {
    return entryOf(this.section, key) !== undefined;
  }

  read<K extends keyof R & string>(key: K, names: Names, again?: Names): Filled<R[K]> {
    // The table ties each key to its type and the type to its reader; TypeScript cannot follow that through `value`.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return this.value(key, names, again) as Filled<R[K]>;
  }

  plain(key: keyof R & string): string {
    const raw = entryOf(this.section, key)?.raw ?? this.rows[key]?.default;
    return typeof raw === 'string' ? raw : '';
  }

  sound(): boolean {
    return !this.refused;
  }

  refuse(key: string, refusal: Refusal): void {
    this.refused = true;
    const at = originOf(this.section, key);
    for (const { refused, hint: example } of eachOf(refusal)) {
      const hint = this.work.reading.dialect === 'yaml' ? example.replace(`${key}=`, `${key}: `) : example;
      this.work.report(problemAt(at, { key, message: `cannot use ${this.section.title}: ${refused}`, hint }));
    }
  }

  quote(key: string, message: string): void {
    this.work.warn({ ...problemAt(originOf(this.section, key), { key, message }), verbatim: true });
  }

  warn(key: string, message: string, hint: string): void {
    this.work.warn(problemAt(originOf(this.section, key), { key, message, hint }));
  }

  private value(key: string, names: Names, again: Names | undefined): unknown {
    const row = this.rows[key];
    if (row === undefined) throw new Error(`no such key in the table: ${key}`);
    const raw = entryOf(this.section, key)?.raw;
    if (raw === undefined) return byDefault(this.work, row, names);
    if (!isPlain(raw)) return this.meant(row, key, { raw: this.expanded(raw, names, again), names });
    const known = this.settled?.get(key);
    if (known !== undefined) return known;
    const value = this.meant(row, key, { raw, names });
    this.settled ??= new Map();
    this.settled.set(key, value);
    return value;
  }

  private expanded(raw: Raw, names: Names, again: Names | undefined): Raw | Refusal {
    const once = expandRaw(raw, names);
    return again === undefined || isRefusal(once) ? once : expandRaw(once, again);
  }

  private meant(row: KeyRow, key: string, from: { raw: Raw | Refusal; names: Names }): unknown {
    const result = meaning(this.work, row, from.raw);
    if (!isRefusal(result)) return result;
    this.refuse(key, result);
    return byDefault(this.work, row, from.names);
  }
}

export const readerOf = <R extends Rows>(work: Work, section: Section, rows: R): SectionReader<R> =>
  new Reader(work, section, rows);
