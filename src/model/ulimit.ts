// Which limits of setrlimit(2) may a program be given?

/** What the kernel counts in. */
export type LimitUnit = 'bytes' | 'count' | 'seconds' | 'microseconds';

/** Names as in ulimit and prlimit(1), RLIMIT_ without its prefix; numbers as on every machine that Node runs on but MIPS and SPARC. */
export const LIMITS = {
  as: { number: 9, unit: 'bytes' },
  core: { number: 4, unit: 'bytes' },
  cpu: { number: 0, unit: 'seconds' },
  data: { number: 2, unit: 'bytes' },
  fsize: { number: 1, unit: 'bytes' },
  locks: { number: 10, unit: 'count' },
  memlock: { number: 8, unit: 'bytes' },
  msgqueue: { number: 12, unit: 'bytes' },
  nice: { number: 13, unit: 'count' },
  nofile: { number: 7, unit: 'count' },
  nproc: { number: 6, unit: 'count' },
  rss: { number: 5, unit: 'bytes' },
  rtprio: { number: 14, unit: 'count' },
  rttime: { number: 15, unit: 'microseconds' },
  sigpending: { number: 11, unit: 'count' },
  stack: { number: 3, unit: 'bytes' },
} as const satisfies Readonly<Record<string, { readonly number: number; readonly unit: LimitUnit }>>;

export type LimitName = keyof typeof LIMITS;

/** In the unit of the limit; null for unlimited. */
export interface Ulimit {
  readonly name: LimitName;
  readonly soft: number | null;
  readonly hard: number | null;
}

/** As `ulimits` has it: one number for both, else `soft:hard`. */
export const ulimitText = ({ soft, hard }: Ulimit): string =>
  [...new Set([soft, hard])].map((value) => value ?? 'unlimited').join(':');
