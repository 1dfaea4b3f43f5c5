// How much does every process use, and how much did it in the last minutes? Sampled in slices, and only while somebody looks.

export interface SamplerUsage {
  readonly startTick: number;
  readonly cpuSeconds: number;
  readonly rss: number;
}

interface Inspected {
  readonly members: readonly number[];
}

/** One process whose members are sampled together. */
export interface Subject<I extends Inspected> {
  readonly key: string;
  readonly inspect: () => I;
}

export interface Reading<I extends Inspected> {
  readonly inspection: I;
  /** Bytes resident in all members; null when none could be read. */
  readonly memory: number | null;
  /** Percent of one core since the last reading; null at the first. */
  readonly cpu: number | null;
  /** Seconds of CPU of all members that were ever seen. Never falls. */
  readonly cpuSeconds: number;
  /** Monotonic milliseconds. */
  readonly at: number;
  /** Oldest first. */
  readonly history: readonly Point[];
}

export interface Point {
  readonly memory: number;
  readonly cpu: number;
}

export interface SamplerOptions<I extends Inspected> {
  readonly subjects: () => readonly Subject<I>[];
  readonly usage: (pid: number) => SamplerUsage | 'gone';
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Lets others have their turn. */
  readonly yieldTurn: () => Promise<void>;
}

/** Milliseconds of work before others have their turn. */
const SLICE_MS = 2;
/** At one point in five seconds: five minutes. */
const POINTS = 60;
const POINT_MS = 4500;

interface Track {
  readonly seen: ReadonlyMap<number, SamplerUsage>;
  readonly pointAt: number;
}

const NO_TRACK: Track = { seen: new Map(), pointAt: -Infinity };

/** CPU seconds that a member has used since it was seen last. */
const usedSince = (before: SamplerUsage | undefined, now: SamplerUsage): number =>
  before !== undefined && before.startTick === now.startTick
    ? Math.max(0, now.cpuSeconds - before.cpuSeconds)
    : now.cpuSeconds;

export class Sampler<I extends Inspected> {
  readonly #options: SamplerOptions<I>;
  #readings = new Map<string, Reading<I>>();
  readonly #tracks = new Map<string, Track>();
  #finishedAt = -Infinity;
  #running: Promise<void> | null = null;

  constructor(options: SamplerOptions<I>) {
    this.#options = options;
  }

  reading(key: string): Reading<I> | null {
    return this.#readings.get(key) ?? null;
  }

  /** Resolves when every process has a reading that is not older than this, in milliseconds. */
  async fresh(age: number): Promise<void> {
    if (this.#options.now() - this.#finishedAt <= age) return;
    this.#running ??= this.#sampleAll().finally(() => {
      this.#running = null;
    });
    await this.#running;
  }

  async #sampleAll(): Promise<void> {
    const { subjects, now, yieldTurn } = this.#options;
    const all = subjects();
    let sliceBegan = now();
    for (const subject of all) {
      if (now() - sliceBegan >= SLICE_MS) {
        await yieldTurn();
        sliceBegan = now();
      }
      this.#readings.set(subject.key, this.#sample(subject));
    }
    // What those do who wait for the sample is no part of its last slice.
    await yieldTurn();
    this.#forget(new Set(all.map(({ key }) => key)));
    this.#finishedAt = now();
  }

  #forget(present: ReadonlySet<string>): void {
    for (const key of [...this.#readings.keys()].filter((one) => !present.has(one))) {
      this.#readings.delete(key);
      this.#tracks.delete(key);
    }
  }

  #sample({ key, inspect }: Subject<I>): Reading<I> {
    const at = this.#options.now();
    const inspection = inspect();
    const before = this.#readings.get(key) ?? null;
    const track = this.#tracks.get(key) ?? NO_TRACK;
    const seen = this.#look(inspection.members);
    const rows = [...seen];
    const used = rows.reduce((sum, [pid, row]) => sum + usedSince(track.seen.get(pid), row), 0);
    const memory = rows.length === 0 ? null : rows.reduce((sum, [, row]) => sum + row.rss, 0);
    const cpu = before === null || rows.length === 0 ? null : (used / Math.max(1, at - before.at)) * 100_000;
    const isPoint = at - track.pointAt >= POINT_MS;
    const points = before?.history ?? [];
    const history = isPoint ? [...points, { memory: memory ?? 0, cpu: cpu ?? 0 }].slice(-POINTS) : points;
    this.#tracks.set(key, { seen, pointAt: isPoint ? at : track.pointAt });
    return { inspection, memory, cpu, cpuSeconds: (before?.cpuSeconds ?? 0) + used, at, history };
  }

  #look(pids: readonly number[]): ReadonlyMap<number, SamplerUsage> {
    const rows = new Map<number, SamplerUsage>();
    for (const pid of pids) {
      const row = this.#options.usage(pid);
      if (row !== 'gone') rows.set(pid, row);
    }
    return rows;
  }
}
