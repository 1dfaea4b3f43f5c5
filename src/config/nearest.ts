// What did the writer mean? The known name closest to an unknown one.

const distance = (left: string, right: string): number => {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let at = 1; at <= left.length; at += 1) {
    const next = [at];
    for (let to = 1; to <= right.length; to += 1) {
      const same = left[at - 1] === right[to - 1] ? 0 : 1;
      next.push(Math.min((next[to - 1] ?? 0) + 1, (row[to] ?? 0) + 1, (row[to - 1] ?? 0) + same));
    }
    row = next;
  }
  return row[right.length] ?? 0;
};

const MAX_NAME = 64;

/** The closest of `known` when it is close enough to be a slip of the pen, or null. */
export const nearest = (name: string, known: readonly string[]): string | null => {
  if (name.length > MAX_NAME) return null;
  const wanted = name.toLowerCase().replaceAll('-', '_');
  const scored = known.map((candidate) => ({
    candidate,
    off: distance(wanted, candidate.replaceAll('-', '_')),
  }));
  const [best] = scored.toSorted((a, b) => a.off - b.off);
  return best !== undefined && best.off <= Math.max(1, Math.floor(name.length / 3)) ? best.candidate : null;
};

export const didYouMean = (name: string, known: readonly string[]): string => {
  const close = nearest(name, known);
  return close === null ? `known: ${known.join(', ')}` : `did you mean ${close}?`;
};
