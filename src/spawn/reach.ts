// How far does each containment reach? One face for looking at and killing the members it holds.

import type { Cgroup, Processes } from '../kernel/port.ts';
import { isDead } from '../kernel/rows.ts';
import type { Identity } from '../model/phase.ts';
import { COOKIE, type Containment, type Reaper } from './containment.ts';
import { killTree } from './portable.ts';
import { createScan, type Scan, type ScanFor } from './scan.ts';

export interface Reach {
  /** Living members. */
  members(): readonly Identity[];
  /** Seen, not assumed. */
  empty(): boolean;
  kill(): void | Promise<void>;
  /** A costly look takes milliseconds, so it is not repeated in every turn of the event loop. */
  readonly look: 'cheap' | 'costly';
}

export interface ReachParts {
  readonly processes: Processes;
  /** Never swept: ourselves and our guardian. */
  readonly spare: ReadonlySet<number>;
}

export interface Target {
  readonly containment: Containment;
  readonly leader: Identity | null;
  /** For the kinds that need one beside their containment: `portable`, and `reap` when the reaper itself was killed. */
  readonly cookie?: string;
}

/** The living among them. */
export const identitiesOf = (processes: Processes, pids: Iterable<number>): Identity[] => {
  const found: Identity[] = [];
  for (const pid of pids) {
    const row = processes.row(pid);
    if (row !== 'gone' && !isDead(row)) found.push({ pid, startTick: row.startTick });
  }
  return found;
};

/** Pids, with their parents still alive: whose parent has died is its reaper's child. */
export const descendants = (processes: Pick<Processes, 'children'>, pid: number): number[] =>
  processes.children(pid).flatMap((child) => [child, ...descendants(processes, child)]);

type IsMarked = NonNullable<ScanFor['isMarked']>;

/** Marked orphans. Whoever is above one and belongs to the same process must be dead: then it is the guardian's child. */
const orphansOf = ({ processes, spare }: ReachParts, isMarked: IsMarked): Identity[] => {
  const guardians = [...spare].filter((pid) => pid !== process.pid);
  const marked = guardians
    .flatMap((pid) => processes.children(pid))
    .filter((pid) => {
      const cookie = processes.environ(pid, COOKIE);
      return typeof cookie !== 'string' && cookie.value !== null && isMarked(cookie.value);
    });
  return identitiesOf(processes, marked);
};

/** A program that may write to cgroups can move a member out of its own: that one is known by its cookie. */
const cgroupReach = (parts: ReachParts, cgroup: Cgroup, isMarked: IsMarked | null): Reach => {
  const { processes } = parts;
  const moved = (): Identity[] => (isMarked === null || !cgroup.empty() ? [] : orphansOf(parts, isMarked));
  return {
    members: () => [...identitiesOf(processes, cgroup.members()), ...moved()],
    empty: () => cgroup.empty() && moved().length === 0,
    kill: () => {
      for (const one of moved()) processes.signal(one, 'SIGKILL');
      cgroup.kill();
    },
    look: 'cheap',
  };
};

/** A fork between two listings can hide a process from one look, hardly from two. */
const scanReach = (scan: Scan): Reach => ({
  members: () => scan.look(),
  empty: () => scan.look().length === 0 && scan.look().length === 0,
  kill: () => {
    scan.kill();
  },
  look: 'costly',
});

/**
 * A reaper that was killed itself says nothing and leaves its descendants to the guardian: they are scanned for, as far
 * as that goes.
 */
const reapReach = (parts: ReachParts, reaper: Reaper, rest: Reach): Reach => {
  const { processes, spare } = parts;
  let emptied = false;
  void reaper.emptied.then(() => (emptied = true));
  const lives = (): boolean => {
    const row = processes.row(reaper.pid);
    return row !== 'gone' && spare.has(row.ppid) && !isDead(row);
  };
  return {
    members: () => (lives() ? identitiesOf(processes, descendants(processes, reaper.pid)) : rest.members()),
    empty: () => emptied || (!lives() && rest.empty()),
    kill: () => {
      if (!lives()) return rest.kill();
      // Somebody may have stopped it: it hears nothing then.
      for (const one of identitiesOf(processes, [reaper.pid])) processes.signal(one, 'SIGCONT');
      return reaper.kill();
    },
    look: 'cheap',
  };
};

/** tree-kill walks from a living leader; whoever it cannot walk to is scanned for, which also shows the emptiness. */
const portableReach = (leader: Identity | null, rest: Reach, processes: Processes): Reach => ({
  ...rest,
  kill: async () => {
    if (leader !== null && processes.alive(leader)) await killTree(leader);
    await rest.kill();
  },
});

/** Every launch of one process has the same cookie up to its last colon. */
const isOfProcess = (cookie: string): ((value: string) => boolean) => {
  const process = cookie.slice(0, cookie.lastIndexOf(':') + 1);
  return (value) => value.startsWith(process);
};

export const reachOf = (parts: ReachParts, target: Target): Reach => {
  const { processes, spare } = parts;
  const { containment, leader } = target;
  const cookie = containment.kind === 'scan' ? containment.cookie : (target.cookie ?? '');
  const wanted: ScanFor = {
    leaders: leader === null ? [] : [leader],
    isMarked: cookie.includes(':') ? isOfProcess(cookie) : null,
    spare,
  };
  const scanned = (): Reach => scanReach(createScan(processes, wanted));
  switch (containment.kind) {
    case 'cgroup2':
    case 'freezer':
      return cgroupReach(parts, containment.cgroup, wanted.isMarked);
    case 'reap':
      return reapReach(parts, containment.reaper, scanned());
    case 'scan':
      return scanned();
    case 'portable':
      return portableReach(leader, scanned(), processes);
  }
};
