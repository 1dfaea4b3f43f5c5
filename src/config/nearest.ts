// Which known word did the writer of an unknown one mean?

/** Edits (insert, delete, replace, swap of neighbours) from `a` to `b`. */
export const distance = (a: string, b: string): number => {
  let older: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const change = a[row - 1] === b[column - 1] ? 0 : 1;
      const swapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      current[column] = Math.min(
        (previous[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (previous[column - 1] ?? 0) + change,
        swapped ? (older[column - 2] ?? 0) + 1 : Infinity,
      );
    }
    older = previous;
    previous = current;
  }
  return previous[b.length] ?? 0;
};

export interface Candidate {
  /** What the writer should have written. */
  readonly name: string;
  /** Other spellings under which it may be looked for. */
  readonly aliases: readonly string[];
}

const MAX_NAME = 64;

/** Capitals and the kind of line between words are no difference. */
const bare = (word: string): string => word.toLowerCase().replaceAll('-', '_');

/** Null when nothing is near: more than a third of the word would have to change. */
export const nearestOf = (word: string, candidates: readonly Candidate[]): string | null => {
  if (word.length > MAX_NAME) return null;
  const reach = Math.max(1, Math.floor(word.length / 3));
  const ranked = candidates
    .map(({ name, aliases }) => ({
      name,
      far: Math.min(...[name, ...aliases].map((text) => distance(bare(word), bare(text)))),
    }))
    .filter(({ far }) => far <= reach)
    .toSorted((a, b) => a.far - b.far);
  return ranked[0]?.name ?? null;
};

export const nearest = (word: string, known: readonly string[]): string | null =>
  nearestOf(
    word,
    known.map((name) => ({ name, aliases: [] })),
  );

export const didYouMean = (word: string, known: readonly string[]): string => {
  const close = nearest(word, known);
  return close === null ? `known: ${known.join(', ')}` : `did you mean ${close}?`;
};
