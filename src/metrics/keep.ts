// How do counts outlive the supervisor? In one small file of its runtime folder, replaced as a whole.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from '../kernel/own-file.ts';

/** Milliseconds in which changes are gathered before they are written. */
const GATHER_MS = 2000;

interface KeepClock {
  after(ms: number, call: () => void): () => void;
}

export interface Keeper {
  /** What the file held at first; null when there is none that can be read. */
  readonly found: unknown;
  /** Asks for a write: soon, or at once. */
  changed(urgent: boolean): void;
  /** Writes what has not been written. */
  flush(): void;
}

export interface KeeperOptions {
  readonly folder: string;
  readonly clock: KeepClock;
  readonly kept: () => unknown;
  /** Hears once why the file cannot be written. */
  readonly trouble: (text: string) => void;
}

const read = (path: string): unknown => {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    // The first start, or a file torn by a full disk: counting begins anew.
    return null;
  }
};

export const openKeeper = ({ folder, clock, kept, trouble }: KeeperOptions): Keeper => {
  const path = join(folder, 'counts.json');
  let disarm: (() => void) | null = null;
  let told = false;
  const write = (): void => {
    disarm?.();
    disarm = null;
    try {
      replaceFile(path, JSON.stringify(kept()));
    } catch (error) {
      if (!told) trouble(`cannot keep the counts of /metrics in ${path}: ${String(error)}`);
      told = true;
    }
  };
  return {
    found: read(path),
    changed(urgent) {
      if (urgent) write();
      else disarm ??= clock.after(GATHER_MS, write);
    },
    flush() {
      if (disarm !== null) write();
    },
  };
};
