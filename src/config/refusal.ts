// How does a reader of a value say that it cannot read it? As a value with its cure.

export interface Refusal {
  readonly refused: string;
  readonly hint: string;
  /** What else is wrong in the same value. */
  readonly also?: readonly Refusal[];
}

export const refuse = (refused: string, hint = ''): Refusal => ({ refused, hint });

export const isRefusal = (value: unknown): value is Refusal =>
  typeof value === 'object' && value !== null && 'refused' in value && typeof value.refused === 'string';

/** Of several mistakes in one value; null where there is none. */
export const together = ([first, ...rest]: readonly Refusal[]): Refusal | null =>
  first === undefined ? null : { ...first, also: [...(first.also ?? []), ...rest] };

export const eachOf = ({ also = [], ...first }: Refusal): readonly Refusal[] => [
  first,
  ...also.flatMap((one) => eachOf(one)),
];

/** With the name of the setting that it is about. */
export const about = (name: string, refusal: Refusal): Refusal => ({
  ...refusal,
  refused: `${name}: ${refusal.refused}`,
});

type Read<T> = { readonly [K in keyof T]: Exclude<T[K], Refusal> };

const isRead = <T extends object>(parts: T): parts is T & Read<T> => !Object.values(parts).some(isRefusal);

/** The parts of a value when all could be read, or else every mistake in it. */
export const whole = <T extends object>(
  parts: T,
  others: readonly Refusal[] = [],
): (T & Read<T>) | Refusal => {
  const mistakes = [...others, ...Object.values(parts).filter(isRefusal)];
  return together(mistakes) ?? (isRead(parts) ? parts : refuse('it cannot be read'));
};

/** A list of what was read, or every mistake in it. */
export const wholeList = <T>(read: readonly (T | Refusal)[]): readonly T[] | Refusal => {
  const mistakes = read.filter(isRefusal);
  return (
    together(mistakes) ?? read.filter((one): one is Exclude<T | Refusal, Refusal> & T => !isRefusal(one))
  );
};

/** A text between quotes, cut when it is long. */
export const shown = (text: string): string => `'${text.length > 80 ? `${text.slice(0, 77)}...` : text}'`;
