// How are all members of a cgroup seen and killed at once? By cgroup.kill, or frozen first and killed one by one.

import { existsSync } from 'node:fs';
import { pidsBelow } from './cgroup-folder.ts';
import { isRefusal, readBytes, readText, writeText } from './files.ts';
import { isDead, parseRow } from './rows.ts';
import { errnoOf } from '../model/errors.ts';

/** What one kind of tree can do with a folder of it and all below. Never throws; a folder that is gone is empty. */
export interface Hold {
  readonly kind: 'cgroup2' | 'freezer';
  members(folder: string): number[];
  empty(folder: string): boolean;
  /** Returns how many members it found. */
  kill(folder: string): number;
}

/** Reads of the freezer's state before the kill begins all the same: a task in uninterruptible sleep never freezes. */
const FREEZE_LOOKS = 200;
/** Rounds of killing inside of one freeze; more than one is needed only where not every task froze. */
const ROUNDS = 20;

interface Ice {
  freeze(): void;
  frozen(): boolean;
  thaw(): void;
}

const killPid = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // ESRCH: it ended meanwhile. EPERM is seen by the caller, since the member remains.
    if (errnoOf(error) !== 'ESRCH' && errnoOf(error) !== 'EPERM') throw error;
  }
};

/** A frozen member can neither end nor fork, so the pids read from its cgroup are still its own. */
const freezeAndKill = (ice: Ice, members: () => number[]): number => {
  const killed = new Set<number>();
  ice.freeze();
  try {
    for (let look = 0; look < FREEZE_LOOKS && !ice.frozen(); look += 1);
    for (let round = 0; round < ROUNDS; round += 1) {
      const fresh = members().filter((pid) => !killed.has(pid));
      if (fresh.length === 0) break;
      for (const pid of fresh) {
        killPid(pid);
        killed.add(pid);
      }
    }
  } finally {
    ice.thaw();
  }
  return killed.size;
};

const iceOfV2 = (folder: string): Ice => ({
  freeze: () => writeText(`${folder}/cgroup.freeze`, '1'),
  frozen: () => readText(`${folder}/cgroup.events`)?.includes('frozen 1') ?? true,
  thaw: () => writeText(`${folder}/cgroup.freeze`, '0'),
});

const iceOfV1 = (folder: string): Ice => ({
  freeze: () => writeText(`${folder}/freezer.state`, 'FROZEN'),
  frozen: () => readText(`${folder}/freezer.state`)?.startsWith('FROZEN') ?? true,
  // In v1 a frozen task takes even SIGKILL only after this.
  thaw: () => writeText(`${folder}/freezer.state`, 'THAWED'),
});

/** The v2 tree needs no controller for any of this. */
const cgroup2Looks: Pick<Hold, 'kind' | 'members' | 'empty'> = {
  kind: 'cgroup2',
  members: pidsBelow,
  empty: (folder) => {
    const events = readText(`${folder}/cgroup.events`);
    return events === null ? pidsBelow(folder).length === 0 : events.includes('populated 0');
  },
};

/** For kernels before 5.14, which have no cgroup.kill. */
export const cgroup2IceHold: Hold = {
  ...cgroup2Looks,
  kill: (folder) => (existsSync(folder) ? freezeAndKill(iceOfV2(folder), () => pidsBelow(folder)) : 0),
};

export const cgroup2Hold: Hold = {
  ...cgroup2Looks,
  kill: (folder) => {
    const members = pidsBelow(folder);
    return writeText(`${folder}/cgroup.kill`, '1') === null ? members.length : cgroup2IceHold.kill(folder);
  },
};

const isLive = (pid: number): boolean => {
  const bytes = readBytes(`/proc/${pid}/stat`);
  const row = isRefusal(bytes) ? null : parseRow(bytes.toString('utf8'));
  return row !== null && !isDead(row);
};

/** Kernels before 5.2 list zombies in cgroup.procs of v1. */
const liveBelow = (folder: string): number[] => pidsBelow(folder).filter(isLive);

export const freezerHold: Hold = {
  kind: 'freezer',
  members: liveBelow,
  empty: (folder) => liveBelow(folder).length === 0,
  kill: (folder) => (existsSync(folder) ? freezeAndKill(iceOfV1(folder), () => liveBelow(folder)) : 0),
};
