// How does every process look now? Only rows of those that have changed are made anew.

import { namespec } from '../model/name.ts';
import type { ProcessSummary } from '../model/process-summary.ts';
import type { Backend } from './backend.ts';
import { rowOf, type RowText } from './rows.ts';

export interface Row extends RowText {
  readonly key: string;
  readonly summary: ProcessSummary;
  /** When its text changed last; grows over all rows. */
  readonly version: number;
}

export interface RowUpdate {
  /** By group, then name. */
  readonly rows: readonly Row[];
  /** Those whose text is another than at the last update. */
  readonly changed: readonly Row[];
  /** Processes came or went. */
  readonly moved: boolean;
  /** What a page of these rows is up to date with. */
  readonly version: number;
}

export class RowCache {
  readonly #backend: Backend;
  readonly #readOnly: boolean;
  #known = new Map<string, Row>();
  /** Higher than any of a supervisor before this one. */
  #version = Date.now();

  constructor(backend: Backend, readOnly: boolean) {
    this.#backend = backend;
    this.#readOnly = readOnly;
  }

  update(): RowUpdate {
    const before = this.#known;
    const rows = this.#backend.summaries().map((summary) => this.#row(summary));
    this.#known = new Map(rows.map((row) => [row.key, row]));
    const changed = rows.filter(({ version }) => version > this.#version);
    const moved = before.size !== rows.length || rows.some(({ key }) => !before.has(key));
    if (changed.length > 0 || moved) this.#version += 1;
    return { rows, changed, moved, version: this.#version };
  }

  #row(summary: ProcessSummary): Row {
    const key = namespec(summary);
    const known = this.#known.get(key);
    if (known?.summary === summary) return known;
    const text = rowOf(summary, this.#readOnly);
    const same = known?.head === text.head && known.tail === text.tail;
    return { key, summary, ...text, version: same ? known.version : this.#version + 1 };
  }
}
