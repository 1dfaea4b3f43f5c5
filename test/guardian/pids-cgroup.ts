// Where can a fork bomb be tried without harm? In a cgroup that limits the number of processes.

import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../until.ts';

const ROOTS = ['/sys/fs/cgroup/pids', '/sys/fs/cgroup'];

export interface PidsCgroup {
  readonly joinFile: string;
  /** Processes in it, zombies included. */
  readonly count: () => number;
  readonly close: () => Promise<void>;
}

const makeIn = (root: string, limit: number): PidsCgroup | null => {
  const folder = join(root, `tsvisor-test-${process.pid}`);
  const members = (): number[] =>
    readFileSync(join(folder, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number);
  const close = async (): Promise<void> => {
    // Nobody can fork any more, so one pass of kills is enough; the rest is waiting.
    writeFileSync(join(folder, 'pids.max'), '0');
    await until('the cgroup empty', () => {
      for (const pid of members()) process.kill(pid, 'SIGKILL');
      return members().length === 0;
    });
    rmdirSync(folder);
  };
  try {
    mkdirSync(folder);
  } catch {
    // No rights, or a read-only tree.
    return null;
  }
  if (!existsSync(join(folder, 'pids.max'))) {
    rmdirSync(folder);
    return null;
  }
  writeFileSync(join(folder, 'pids.max'), String(limit));
  const count = (): number => Number(readFileSync(join(folder, 'pids.current'), 'utf8'));
  return { joinFile: join(folder, 'cgroup.procs'), count, close };
};

/** Null where no pids controller can be used. */
export const openPidsCgroup = (limit: number): PidsCgroup | null => {
  for (const root of ROOTS.filter((one) => existsSync(one))) {
    const made = makeIn(root, limit);
    if (made !== null) return made;
  }
  return null;
};
