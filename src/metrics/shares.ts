// How much memory have some processes, shared pages divided? Known as of the last reading, which costs too much to be made for every question.

export interface SharesOptions {
  /** Bytes; null when it cannot be read. */
  readonly read: (pid: number) => Promise<number | null>;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** Members of one process whose pages are walked; of one with more its proportional memory is not told. */
const MOST_MEMBERS = 64;

interface Known {
  readonly bytes: number | null;
  readonly at: number;
}

export class Shares {
  readonly #options: SharesOptions;
  #known = new Map<number, Known>();
  #reading: Promise<void> = Promise.resolve();

  constructor(options: SharesOptions) {
    this.#options = options;
  }

  /** Of all of them together; null when one has not been read, or they are too many. */
  total(pids: readonly number[]): number | null {
    if (pids.length === 0 || pids.length > MOST_MEMBERS) return null;
    let sum = 0;
    for (const pid of pids) {
      const bytes = this.#known.get(pid)?.bytes ?? null;
      if (bytes === null) return null;
      sum += bytes;
    }
    return sum;
  }

  /** Reads what is older than this, in milliseconds, one after the other; what belongs to none of these processes is forgotten. */
  refresh(processes: readonly (readonly number[])[], age: number): Promise<void> {
    const pids = processes.filter((members) => members.length <= MOST_MEMBERS).flat();
    this.#reading = this.#reading.then(() => this.#read(pids, age));
    return this.#reading;
  }

  async #read(pids: readonly number[], age: number): Promise<void> {
    const { read, now } = this.#options;
    const fresh = new Map<number, Known>();
    for (const pid of pids) {
      const known = this.#known.get(pid);
      const isFresh = known !== undefined && now() - known.at <= age;
      fresh.set(pid, isFresh ? known : { bytes: await read(pid), at: now() });
    }
    this.#known = fresh;
  }
}
