// What are AUTO logs called, and which old ones may be deleted at start?

import { closeSync, openSync, readdirSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { failureOf } from './losses.ts';
import type { Failure } from './sink.ts';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';
const ATTEMPTS = 100;

export interface AutoOwner {
  /** childlogdir, absolute. */
  readonly directory: string;
  readonly identifier: string;
  /** Hexadecimal name of this tsvisor, the same in every life of it; its first four characters are in each name. */
  readonly instance: string;
}

export interface AutoStream {
  readonly process: string;
  readonly stream: 'stdout' | 'stderr';
}

/** Math.random will do, and node:crypto would cost each start 3 ms: O_EXCL is what keeps names apart. */
const random = (): string =>
  Array.from({ length: 4 }, () => LETTERS.charAt(Math.floor(Math.random() * LETTERS.length))).join('');

const mark = ({ instance }: AutoOwner): string => instance.slice(0, 4).padEnd(4, '0');

/**
 * Creates an empty file, mode 0600, under a name that nobody has: `<directory>/<process>-<stream>---<identifier>-<8 characters>.log`. Half of the characters name
 * the instance, half are random.
 */
export const createAuto = (
  owner: AutoOwner,
  { process, stream }: AutoStream,
): { readonly path: string } | Failure => {
  const stem = `${process}-${stream}---${owner.identifier}-${mark(owner)}`.replaceAll('/', '_');
  for (let attempt = 1; ; attempt += 1) {
    const path = join(owner.directory, `${stem}${random()}.log`);
    try {
      closeSync(openSync(path, 'wx', 0o600));
      return { path };
    } catch (error) {
      const failure = failureOf(error);
      if (failure.code !== 'EEXIST' || attempt === ATTEMPTS) return failure;
    }
  }
};

/** Whether a file name is of an AUTO log that an earlier life of this instance made, or of its rotated files. */
const isOld = (owner: AutoOwner, name: string): boolean => {
  const middle = `---${owner.identifier}-${mark(owner)}`.replaceAll('/', '_');
  const at = name.indexOf(middle);
  return at > 0 && /^[a-z0-9]{4}\.log(?:\.\d+)?$/.test(name.slice(at + middle.length));
};

/**
 * Paths of the AUTO logs of earlier lives of this instance. Those of another instance are not among them, even under the same identifier: it may be alive,
 * which supervisord does not ask. Call it as the holder of the instance's lock, before new ones are made. A folder that cannot be read has none.
 */
export const findOldAuto = (owner: AutoOwner): readonly string[] => {
  try {
    return readdirSync(owner.directory)
      .filter((name) => isOld(owner, name))
      .map((name) => join(owner.directory, name));
  } catch {
    // The first launch that needs the folder says what is wrong with it.
    return [];
  }
};

/** Answers a sentence for each that could not be deleted. */
export const deleteLogs = (paths: readonly string[]): readonly string[] =>
  paths.flatMap((path) => {
    try {
      unlinkSync(path);
      return [];
    } catch (error) {
      const { code, reason } = failureOf(error);
      return code === 'ENOENT' ? [] : [`cannot delete old log ${path}: ${reason}`];
    }
  });
