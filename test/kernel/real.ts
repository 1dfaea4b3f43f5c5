// The real kernel as a stage: sleeping children of ours, cgroups under a name of our own, nothing left behind.

import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { probeCgroups, type CgroupFound } from '../../src/kernel/cgroup.ts';
import { createProcesses } from '../../src/kernel/processes.ts';
import type { CgroupTier } from '../../src/kernel/port.ts';
import type { Identity } from '../../src/model/phase.ts';
import type { Stage, Wish } from './contract.ts';
import { until } from '../until.ts';

let stages = 0;

/** Unique in the machine for as long as this process lives. */
export const uniqueInstance = (): string => {
  stages += 1;
  return `test${process.pid}x${stages}`;
};

/** The mounts that each kind needs; without v2 the probe goes on to the v1 freezer. */
const MOUNTS = {
  cgroup2: (): string => readFileSync('/proc/self/mountinfo', 'utf8'),
  freezer: (): string => readFileSync('/proc/self/mountinfo', 'utf8').replaceAll(/^.* - cgroup2 .*\n/gm, ''),
} as const;

export type CgroupKind = keyof typeof MOUNTS;

export const probe = (kind: CgroupKind): CgroupFound =>
  probeCgroups({ instance: uniqueInstance(), own: [process.pid], mountinfo: MOUNTS[kind]() });

export const CGROUP_KINDS: readonly CgroupKind[] = ['cgroup2', 'freezer'];

/** The ability that this machine lacks for a kind; null when it has it. */
export const lackOf = (kind: CgroupKind): string | null => {
  const { tier, why } = probe(kind);
  tier?.dismantle();
  return tier?.kind === kind ? null : `no ${kind} cgroup: ${why}`;
};

const processes = createProcesses();

/** A shell that forks a sleeping member of its own group for each line it reads, and says its pid. */
const LEADER = 'while read line; do sleep 1000 & echo $!; done';

const identify = (pid: number | undefined): Identity => {
  const row = pid === undefined ? 'gone' : processes.row(pid);
  if (row === 'gone') throw new Error('cannot spawn: it is gone at once');
  return { pid: row.pid, startTick: row.startTick };
};

type Leader = ChildProcessByStdio<Writable, Readable, null>;

const start = async (wish: Wish): Promise<Leader> => {
  const child = spawn('/bin/sh', ['-c', LEADER], {
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { PATH: process.env['PATH'], ...wish.environ },
  });
  await once(child, 'spawn');
  return child;
};

const forkIn = async (leader: Leader): Promise<Identity> => {
  leader.stdin.write('fork\n');
  const [line] = (await once(leader.stdout, 'data')) as [Buffer];
  const pid = Number(line.toString());
  await until('the member has begun', () => {
    const row = processes.row(pid);
    return row !== 'gone' && row.comm === 'sleep';
  });
  return identify(pid);
};

export const openReal = async (kind: CgroupKind): Promise<Stage> => {
  const { tier, why } = probe(kind);
  if (tier === null) throw new Error(`cannot play on ${kind}: ${why}`);
  const leaders = new Map<number, Leader>();
  const born: Identity[] = [];
  return {
    ours: process.pid,
    processes,
    tier,
    spawn: async (wish = {}) => {
      const found = wish.groupOf === undefined ? undefined : leaders.get(wish.groupOf.pid);
      const leader = found ?? (await start(wish));
      const identity = found === undefined ? identify(leader.pid) : await forkIn(leader);
      if (found === undefined) leaders.set(identity.pid, leader);
      born.push(identity);
      for (const file of wish.cgroup?.joinFiles ?? []) writeFileSync(file, String(identity.pid));
      return identity;
    },
    strike: async () => {
      for (const one of born) processes.signal(one, 'SIGKILL');
      await until('nobody left', () => !born.some((one) => processes.alive(one)));
      await strikeCgroups(tier);
    },
  };
};

/** Kills what is left in a tier and removes it; throws if anything remains. */
export const strikeCgroups = async (tier: CgroupTier): Promise<void> => {
  await until('no member left', () => {
    tier.killEveryone();
    return tier.everyone().length === 0;
  });
  tier.dismantle();
};
