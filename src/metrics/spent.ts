// How much CPU has each process used, over all the supervisors that have looked at it?

interface Spent {
  /** Seconds that earlier supervisors have seen. */
  readonly before: number;
  /** Seconds that this one has seen. */
  readonly now: number;
}

const NOTHING: Spent = { before: 0, now: 0 };

/** The kernel counts in hundredths; sums of them are not to grow tails of digits. */
const hundredths = (seconds: number): number => Math.round(seconds * 100) / 100;

const restore = (kept: unknown): Map<string, Spent> => {
  const entries = Object.entries(typeof kept === 'object' && kept !== null ? kept : {});
  return new Map(
    entries.flatMap(([key, seconds]: [string, unknown]) =>
      typeof seconds === 'number' && seconds >= 0 ? [[key, { before: seconds, now: 0 }] as const] : [],
    ),
  );
};

export class CpuSpent {
  readonly #spent: Map<string, Spent>;
  #grown = false;

  /** `kept` is what a file held, of whatever shape. */
  constructor(kept: unknown) {
    this.#spent = restore(kept);
  }

  /** In seconds, never falling. `seen` by this supervisor so far; one that has begun anew is added to what was seen before. */
  total(key: string, seen: number): number {
    const known = this.#spent.get(key) ?? NOTHING;
    const before = seen < known.now ? known.before + known.now : known.before;
    if (seen !== known.now) {
      this.#spent.set(key, { before, now: seen });
      this.#grown = true;
    }
    return hundredths(before + seen);
  }

  /** Whether more was told than is kept. */
  get grown(): boolean {
    return this.#grown;
  }

  /** The most recently kept stand last; so many of them. */
  kept(most: number): Readonly<Record<string, number>> {
    this.#grown = false;
    const all = [...this.#spent].slice(-most);
    return Object.fromEntries(all.map(([key, { before, now }]) => [key, hundredths(before + now)]));
  }
}
