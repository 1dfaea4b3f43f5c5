// What becomes of the files that a log has filled? Numbered, compressed, and the oldest deleted.

import {
  close,
  constants,
  createReadStream,
  createWriteStream,
  fstatSync,
  openSync,
  renameSync,
  statSync,
  unlinkSync,
} from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { type Watch, failureOf } from './losses.ts';
import type { Failure } from './sink.ts';

export interface BackupOptions {
  readonly path: string;
  /** 0 keeps none. */
  readonly backups: number;
  /** `F.1` becomes `F.1.gz`, while the log is written on. */
  readonly compress: boolean;
  /** Bytes that all of them may have together; null for no limit. */
  readonly totalMax: number | null;
  readonly watch: Watch;
}

/** What is not there needs no moving and no deleting. */
const attempt = (act: () => void): Failure | null => {
  try {
    act();
    return null;
  } catch (error) {
    const failure = failureOf(error);
    return failure.code === 'ENOENT' ? null : failure;
  }
};

/** The file loses its name now; its pages, which takes 20 ms for 50 MB, when the thread pool closes it. */
const withdraw = (path: string, act: () => void): Failure | null => {
  let fd = -1;
  // What cannot be opened is freed here.
  attempt(() => (fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)));
  const failure = attempt(act);
  if (fd !== -1) close(fd, () => undefined);
  return failure;
};

const rename = (from: string, to: string): Failure | null => attempt(() => renameSync(from, to));
const replace = (from: string, to: string): Failure | null => withdraw(to, () => renameSync(from, to));
const remove = (path: string): Failure | null => withdraw(path, () => unlinkSync(path));

const statusOf = (path: string) => statSync(path, { throwIfNoEntry: false }) ?? null;

export class Backups {
  readonly #options: BackupOptions;
  /** With and without `.gz`, where both may be there. */
  readonly #endings: readonly string[];
  #compressing = false;
  /** Said once, until it works again. */
  #failing = false;

  constructor(options: BackupOptions) {
    this.#options = options;
    this.#endings = options.compress ? ['', '.gz'] : [''];
  }

  /** Moves `F` to `F.1`, `F.1` to `F.2`, ... and the last one out; what is missing is skipped. */
  shift(): Failure | null {
    const { path, backups } = this.#options;
    for (let index = backups; index >= 1; index -= 1) {
      const failure = this.#move(index);
      if (failure !== null) return failure;
    }
    const failure = (backups === 1 ? replace : rename)(path, `${path}.1`);
    if (failure === null) this.#tidy();
    return failure;
  }

  #move(index: number): Failure | null {
    const { path, backups, compress } = this.#options;
    for (const ending of this.#endings) {
      const from = `${path}.${index}${ending}`;
      // Without compression the last one is overwritten by the one before it.
      if (index === backups) {
        if (compress) remove(from);
        continue;
      }
      const move = index === backups - 1 ? replace : rename;
      const failure = move(from, `${path}.${index + 1}${ending}`);
      if (failure !== null) return failure;
    }
    return null;
  }

  #tidy(): void {
    this.#limit();
    if (this.#options.compress) void this.#compressAll();
  }

  /** Deletes the oldest until the rest fits. */
  #limit(): void {
    const { totalMax } = this.#options;
    if (totalMax === null) return;
    let total = 0;
    for (const file of this.#files()) {
      total += statusOf(file)?.size ?? 0;
      if (total > totalMax) remove(file);
    }
  }

  /** Newest first; some may not be there. */
  #files(): readonly string[] {
    const { path, backups } = this.#options;
    return Array.from({ length: backups }, (_, index) => index + 1).flatMap((index) =>
      this.#endings.map((ending) => `${path}.${index}${ending}`),
    );
  }

  /** One after the other, the oldest first; what is left by an earlier life is found too. */
  async #compressAll(): Promise<void> {
    if (this.#compressing) return;
    this.#compressing = true;
    try {
      for (let file = this.#nextPlain(); file !== null; file = this.#nextPlain()) await this.#compress(file);
    } catch (error) {
      const { path, watch } = this.#options;
      const { reason } = failureOf(error);
      remove(`${path}.gz.part`);
      if (!this.#failing)
        watch.trouble(`cannot compress the rotated files of log ${path}: ${reason}; they stay as they are`);
      this.#failing = true;
    } finally {
      this.#compressing = false;
    }
  }

  #nextPlain(): string | null {
    return (
      this.#files()
        .toReversed()
        .find((file) => !file.endsWith('.gz') && statusOf(file) !== null) ?? null
    );
  }

  /** It may be renamed meanwhile: the inode tells where it is at the end. */
  async #compress(file: string): Promise<void> {
    const part = `${this.#options.path}.gz.part`;
    const { createGzip } = await import('node:zlib');
    const fd = openSync(file, 'r');
    const { ino, mode } = fstatSync(fd);
    const output = createWriteStream(part, { mode: mode & 0o7777 });
    await pipeline(createReadStream(file, { fd }), createGzip(), output);
    const now = this.#files().find((one) => statusOf(one)?.ino === ino);
    if (now === undefined) remove(part);
    else {
      renameSync(part, `${now}.gz`);
      remove(now);
    }
    this.#failing = false;
    this.#limit();
  }
}
