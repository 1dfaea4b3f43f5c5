// What does this machine give where memory is concerned? Everything `tsvisor doctor` looks at, read once.

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { release } from 'node:os';
import { createLimitLookup, machineTotals, type LimitedCgroup } from '../kernel/candidates.ts';
import { folderOf, memoryPlaces } from '../kernel/cgroup-place.ts';
import { probeCgroups } from '../kernel/cgroup.ts';
import { readText } from '../kernel/files.ts';
import { openKernelLog } from '../kernel/kernel-log.ts';
import { createProcesses } from '../kernel/processes.ts';

/** Of the systemd unit around us. Null: systemd does not say. */
interface UnitFacts {
  readonly name: string;
  readonly oomPolicy: string | null;
  readonly delegate: boolean | null;
  readonly killMode: string | null;
  /** `auto` or `kill` where systemd-oomd watches it. */
  readonly managedOom: string | null;
}

export interface DoctorFacts {
  readonly kernel: string;
  readonly arch: string;
  readonly inKubernetes: boolean;
  /** Ours as we were started, and whether it can be lowered by one. */
  readonly score: number;
  readonly canLower: boolean;
  /** What a probe found; null where a supervisor runs, which knows better. */
  readonly cgroups: {
    readonly kind: string | null;
    readonly memory: string | null;
    readonly why: string;
  } | null;
  readonly kernelLog: 'readable' | 'denied' | 'absent';
  readonly pressure: boolean;
  /** Paths of cgroups at or above ours with memory.oom.group set. */
  readonly oomGroups: readonly string[];
  readonly unit: UnitFacts | null;
  readonly oomd: boolean;
  readonly sysctls: Readonly<
    Record<'panic_on_oom' | 'overcommit_memory' | 'oom_kill_allocating_task', number | null>
  >;
  /** Bytes. */
  readonly memory: number;
  readonly swap: number;
  /** Only 32-bit kernels have it. Bytes. */
  readonly lowMemory: number | null;
  readonly limits: readonly LimitedCgroup[];
  /** Bytes; Infinity for no limit. */
  readonly memlock: number;
}

const sysctl = (name: string): number | null => {
  const value = Number.parseInt(readText(`/proc/sys/vm/${name}`) ?? '', 10);
  return Number.isNaN(value) ? null : value;
};

/** Asking is trying: being root says nothing, the capability may be missing. What was is set again. */
const canLower = (): boolean => {
  const processes = createProcesses();
  const before = processes.score(process.pid);
  if (typeof before !== 'number' || before <= -1000) return false;
  const lowered = processes.setScore(process.pid, before - 1).refusal === null;
  processes.setScore(process.pid, before);
  return lowered;
};

const probe = (): DoctorFacts['cgroups'] => {
  const { tier, why } = probeCgroups({ instance: `doctor${process.pid}`, own: [] });
  const found = { kind: tier?.kind ?? null, memory: tier?.memory ?? null, why };
  tier?.dismantle();
  return found;
};

/** In a container that is `/`: Kubernetes sets it there. */
const oomGroups = (pid: number): readonly string[] =>
  memoryPlaces(readText('/proc/self/mountinfo') ?? '', readText(`/proc/${pid}/cgroup`) ?? '')
    .filter((place) => readText(`${folderOf(place) ?? ''}/memory.oom.group`)?.startsWith('1') === true)
    .map(({ path }) => path);

const PROPERTIES = ['OOMPolicy', 'Delegate', 'KillMode', 'ManagedOOMMemoryPressure'];

const show = (unit: string): ReadonlyMap<string, string> => {
  try {
    const text = execFileSync('systemctl', ['show', unit, `--property=${PROPERTIES.join(',')}`], {
      encoding: 'utf8',
      timeout: 3000,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return new Map(
      text
        .split('\n')
        .flatMap((line) =>
          line.includes('=')
            ? [[line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const]
            : [],
        ),
    );
  } catch {
    // No systemd here, or it does not answer us.
    return new Map();
  }
};

const unitFacts = (pid: number): UnitFacts | null => {
  const name = /([^/\n]+\.service)(?:\/|$)/m.exec(readText(`/proc/${pid}/cgroup`) ?? '')?.[1];
  if (name === undefined) return null;
  const facts = show(name);
  const delegate = facts.get('Delegate');
  return {
    name,
    oomPolicy: facts.get('OOMPolicy') ?? null,
    delegate: delegate === undefined ? null : delegate === 'yes',
    killMode: facts.get('KillMode') ?? null,
    managedOom: facts.get('ManagedOOMMemoryPressure') ?? null,
  };
};

const memlock = (pid: number): number => {
  const soft = /^Max locked memory\s+(\S+)/m.exec(readText(`/proc/${pid}/limits`) ?? '')?.[1] ?? '0';
  return soft === 'unlimited' ? Infinity : Number(soft);
};

const lowMemory = (): number | null => {
  const found = /^LowTotal:\s+(\d+) kB$/m.exec(readText('/proc/meminfo') ?? '');
  return found === null ? null : Number(found[1]) * 1024;
};

const logState = (): DoctorFacts['kernelLog'] => {
  const log = openKernelLog();
  if (typeof log === 'string') return log;
  log.close();
  return 'readable';
};

/**
 * `supervisor`: pid of the one that runs, whose cgroups these are and who has probed the cgroups already; null: the ground of who
 * asks, and one cgroup is made and removed.
 */
export const readDoctorFacts = ({ supervisor }: { readonly supervisor: number | null }): DoctorFacts => {
  const pid = supervisor ?? process.pid;
  const processes = createProcesses();
  const score = processes.score(process.pid);
  const { memory, swap } = machineTotals();
  return {
    kernel: release(),
    arch: process.arch,
    inKubernetes: process.env['KUBERNETES_SERVICE_HOST'] !== undefined,
    score: typeof score === 'number' ? score : 0,
    canLower: canLower(),
    cgroups: supervisor === null ? probe() : null,
    kernelLog: logState(),
    pressure: existsSync('/proc/pressure/memory'),
    oomGroups: oomGroups(pid),
    unit: unitFacts(pid),
    oomd: processes.all().some(({ comm }) => comm === 'systemd-oomd'),
    sysctls: {
      panic_on_oom: sysctl('panic_on_oom'),
      overcommit_memory: sysctl('overcommit_memory'),
      oom_kill_allocating_task: sysctl('oom_kill_allocating_task'),
    },
    memory,
    swap,
    lowMemory: lowMemory(),
    limits: createLimitLookup()(pid),
    memlock: memlock(pid),
  };
};
