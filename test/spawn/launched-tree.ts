// A leader with members, launched for real under each containment, and none of them left when the test is over.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createClock } from '../../src/kernel/clock.ts';
import type { CgroupTier } from '../../src/kernel/port.ts';
import { createProcesses } from '../../src/kernel/processes.ts';
import type { Exit, Identity } from '../../src/model/phase.ts';
import type { ProcessPlan } from '../../src/model/plan.ts';
import { COOKIE, type Containment, type ContainmentKind } from '../../src/spawn/containment.ts';
import { createLauncher, type LaunchRequest } from '../../src/spawn/launch.ts';
import { createPortableLauncher } from '../../src/spawn/portable.ts';
import { createSweeper, type Sweeper } from '../../src/spawn/sweep.ts';
import { guardianBinary, noCompiler } from '../guardian/binary.ts';
import { lackOf, probe, strikeCgroups, uniqueInstance } from '../kernel/real.ts';
import { until } from '../until.ts';
import { plan } from '../model/process-plan.ts';

const PROGRAMS = resolve(import.meta.dirname, '../programs');

export const KINDS: readonly ContainmentKind[] = ['cgroup2', 'freezer', 'reap', 'scan', 'portable'];

/** What this machine lacks for a containment; null when nothing. */
export const lackFor = (kind: ContainmentKind): string | null => {
  if (kind !== 'portable' && noCompiler) return 'no C compiler for the guardian';
  return kind === 'cgroup2' || kind === 'freezer' ? lackOf(kind) : null;
};

export interface LaunchedTree {
  readonly folder: string;
  readonly containment: Containment;
  readonly leader: Identity;
  readonly ended: Promise<Exit>;
  /** The diary's names with who they are; waits until `count` are in it. */
  members(count: number): Promise<ReadonlyMap<string, Identity>>;
}

export const processes = createProcesses();
export const clock = createClock();

const planOf = (command: string, directory: string): ProcessPlan =>
  plan({ command, directory, autorestart: 'always' });

export const requestOf = (command: string, directory: string): LaunchRequest => ({
  plan: planOf(command, directory),
  env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin' },
  score: 300,
  scoreRequired: false,
  joinFiles: [],
  stdin: { kind: 'null' },
  stdout: { kind: 'null' },
  stderr: { kind: 'null' },
  mode: 'exec',
});

/** Everything one test makes. */
export class Stage {
  readonly instance = uniqueInstance();
  readonly sweeper: Sweeper = createSweeper({ processes, clock, spare: new Set([process.pid]) });
  readonly #folders: string[] = [];
  readonly #tiers: CgroupTier[] = [];
  readonly #born: Identity[] = [];

  folder(): string {
    const folder = mkdtempSync(join(tmpdir(), 'tsvisor-tree-'));
    this.#folders.push(folder);
    return folder;
  }

  tier(kind: 'cgroup2' | 'freezer'): CgroupTier {
    const { tier, why } = probe(kind);
    if (tier === null) throw new Error(`cannot play with ${kind}: ${why}`);
    this.#tiers.push(tier);
    return tier;
  }

  /** Ends it too when the test is over. */
  adopt(one: Identity): void {
    this.#born.push(one);
  }

  /** The tier of the last launch in a cgroup. */
  tierOf(): CgroupTier {
    const tier = this.#tiers.at(-1);
    if (tier === undefined) throw new Error('cannot give a tier: nothing was launched in one');
    return tier;
  }

  get cookie(): string {
    return `${this.instance}:ci:app:1`;
  }

  async launch(kind: ContainmentKind, program: string): Promise<LaunchedTree> {
    const folder = this.folder();
    const [name = '', ...args] = program.split(' ');
    const command = ['sh', join(PROGRAMS, name), ...args].join(' ');
    const plain = requestOf(command, folder);
    const env = { ...plain.env, [COOKIE]: this.cookie };
    const cgroup = kind === 'cgroup2' || kind === 'freezer' ? this.tier(kind).leaf('ci', 'app') : null;
    const launcher =
      kind === 'portable'
        ? createPortableLauncher(processes)
        : createLauncher({ guardian: guardianBinary(), identity: (pid) => processes.row(pid) });
    const joinFiles = cgroup?.joinFiles ?? [];
    const result = await launcher.launch({
      ...plain,
      env,
      joinFiles,
      mode: kind === 'reap' ? 'reap' : 'exec',
    });
    if ('error' in result) throw new Error(result.error);
    const { leader, ended, reaper } = result;
    this.#born.push(leader);
    const containment = this.#containment(kind, { cgroup, reaper });
    return { folder, containment, leader, ended, members: (count) => this.#members(folder, count) };
  }

  #containment(
    kind: ContainmentKind,
    { cgroup, reaper }: { cgroup: ReturnType<CgroupTier['leaf']> | null; reaper: unknown },
  ): Containment {
    if ((kind === 'cgroup2' || kind === 'freezer') && cgroup !== null) return { kind, cgroup };
    if (kind === 'reap') return { kind, reaper: reaper as Extract<Containment, { kind: 'reap' }>['reaper'] };
    return kind === 'portable' ? { kind } : { kind: 'scan', cookie: this.cookie };
  }

  async #members(folder: string, count: number): Promise<ReadonlyMap<string, Identity>> {
    const lines = (): string[] => {
      try {
        return readFileSync(join(folder, 'diary'), 'utf8').split('\n').filter(Boolean);
      } catch {
        // Not begun yet.
        return [];
      }
    };
    await until(`${count} lines in the diary`, () => lines().length >= count);
    const members = new Map<string, Identity>();
    for (const line of lines()) {
      const [name = '', pid] = line.split(' ');
      const row = processes.row(Number(pid));
      if (row === 'gone') continue;
      const identity = { pid: row.pid, startTick: row.startTick };
      members.set(name, identity);
      this.#born.push(identity);
    }
    return members;
  }

  /** Ends what is left by its identity and removes what was made. */
  async strike(): Promise<void> {
    for (const folder of this.#folders) rmSync(join(folder, 'hop'), { force: true });
    for (const one of this.#born) processes.signal(one, 'SIGKILL');
    await until('nobody left', () => !this.#born.some((one) => processes.alive(one)));
    for (const tier of this.#tiers) await strikeCgroups(tier);
    for (const folder of this.#folders) rmSync(folder, { recursive: true, force: true });
  }
}
