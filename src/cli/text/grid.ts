// How do columns of words fit a terminal? Spare figures leave, and long names are shortened in their middle.

import { shorten } from './words.ts';

export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
  readonly cells: readonly string[];
  /** Leaves where the terminal is too narrow, the lowest first. */
  readonly spare?: number;
  /** Names are shortened rather than that more than the first figure leaves. */
  readonly isName?: true;
}

const GAP = '  ';

/** Characters that a name keeps while figures are there that could leave, and at last. */
const NAME = 24;
const LEAST = 10;

const widthOf = ({ title, cells }: Column): number =>
  Math.max(title.length, ...cells.map(({ length }) => length));

const totalOf = (columns: readonly Column[]): number =>
  columns.reduce((sum, column) => sum + widthOf(column) + GAP.length, -GAP.length);

const withNames = (columns: readonly Column[], width: number, least: number): readonly Column[] => {
  const over = totalOf(columns) - width;
  if (over <= 0) return columns;
  return columns.map((column) => {
    const room = Math.max(least, widthOf(column) - over);
    return column.isName === true
      ? { ...column, cells: column.cells.map((cell) => shorten(cell, room)) }
      : column;
  });
};

/** The columns that are shown; all, and whole, where there is no terminal. */
const fit = (columns: readonly Column[], width: number | null): readonly Column[] => {
  if (width === null || totalOf(columns) <= width) return columns;
  const spares = columns
    .filter(({ spare }) => spare !== undefined)
    .toSorted((a, b) => (a.spare ?? 0) - (b.spare ?? 0));
  for (let gone = 1; gone <= spares.length; gone += 1) {
    const left = columns.filter((column) => !spares.slice(0, gone).includes(column));
    const kept = withNames(left, width, gone === spares.length ? LEAST : NAME);
    if (totalOf(kept) <= width || gone === spares.length) return kept;
  }
  return withNames(columns, width, LEAST);
};

export interface Row {
  readonly cells: readonly { readonly title: string; readonly text: string }[];
}

/** The titles, then a row for each line of cells, every cell as wide as its column; blanks at the end of a line are left out by `lineOf`. */
export const gridOf = (columns: readonly Column[], width: number | null): readonly Row[] => {
  const shown = fit(columns, width);
  const count = shown[0]?.cells.length ?? 0;
  const rowOf = (at: number | null): Row => ({
    cells: shown.map((column) => {
      const text = at === null ? column.title : (column.cells[at] ?? '');
      const room = widthOf(column);
      return { title: column.title, text: column.align === 'left' ? text.padEnd(room) : text.padStart(room) };
    }),
  });
  return [rowOf(null), ...Array.from({ length: count }, (_, at) => rowOf(at))];
};

/** One line; `paint` may colour a cell by the title of its column. */
export const lineOf = (
  { cells }: Row,
  paint: (title: string, text: string) => string = (_, text) => text,
): string =>
  cells
    .map(({ title, text }) => paint(title, text))
    .join(GAP)
    .trimEnd();
