// What is kept for one process over all its lives? Its cgroup, its pipes, and what holds its members together now.

import { join } from 'node:path';
import type { Cgroup, CgroupTier, Clock } from '../../kernel/port.ts';
import type { OutputRouter, Pipes } from '../../logs/output-router.ts';
import type { Outputs, StreamName } from '../../logs/open-outputs.ts';
import { namespec } from '../../model/name.ts';
import type { ProcessPlan } from '../../model/plan.ts';
import type { Baseline } from '../../oom/evidence.ts';
import type { Residue } from '../../oom/residue.ts';
import type { Containment } from '../../spawn/containment.ts';
import type { LaunchRequest, Stream } from '../../spawn/launch.ts';
import { isHeard } from '../outside/listeners.ts';
import { hatchesOf, hatchOf } from './shared-sockets.ts';
import { StdinPipe } from './stdin-pipe.ts';

/** As launch.ts wants them. */
type Streams = Pick<LaunchRequest, 'stdin' | 'stdout' | 'stderr' | 'sockets'>;

export interface Slot {
  plan: ProcessPlan;
  readonly cgroup: Cgroup | null;
  /** Which file enforces memory_max; null when none does. */
  enforcedBy: string | null;
  readonly streams: Streams;
  /** The named pipes that we read. */
  readonly captured: Pipes;
  launches: number;
  /** Null until the first launch opens them; kept from then on. */
  outputs: Outputs | null;
  /** What holds the members of this life together; null before the first. */
  containment: Containment | null;
  /** How the counters stood before the launch; null before the first. */
  baseline: Baseline | null;
  /** Lives in a row that ended in an OOM kill, by what was charged to the cgroup before each. */
  begun: readonly (Residue | null)[];
  /** How often systemd-oomd had marked its cgroup at the last look; null when nobody has looked yet. */
  oomdMarks: number | null;
  /** Where its last words are to be found: the log of stderr, and how long it was before this life. Empty: nowhere. */
  stderrPath: string;
  stderrFrom: number;
  /** Ends the kernel's notification; null where there is none. */
  unwatch: (() => void) | null;
  /** Null until somebody sends something to its stdin. */
  stdin: StdinPipe | null;
}

const wantsPipe = (plan: ProcessPlan, stream: StreamName): boolean =>
  plan[stream].kind !== 'none' || isHeard(plan, stream);

/** File names allow all but `/`, which names of processes do not have; `:` keeps group and process apart. */
const pipePath = (folder: string, plan: ProcessPlan, stream: string): string =>
  join(folder, `${encodeURIComponent(plan.group)}:${encodeURIComponent(plan.name)}.${stream}`);

/** Named pipes for what we read; `redirect_stderr` needs but one. */
const capturedOf = (folder: string, plan: ProcessPlan): Pipes => ({
  stdout: wantsPipe(plan, 'stdout') ? pipePath(folder, plan, 'stdout') : null,
  stderr: !plan.redirectStderr && wantsPipe(plan, 'stderr') ? pipePath(folder, plan, 'stderr') : null,
});

/** Every named pipe of a process, to be made before its first launch. */
export const pipesOf = (folder: string, plan: ProcessPlan): readonly string[] => {
  const { stdout, stderr } = capturedOf(folder, plan);
  return [pipePath(folder, plan, 'stdin'), stdout, stderr].filter((path) => path !== null);
};

const appendTo = (path: string): Stream => (path === '' ? { kind: 'null' } : { kind: 'append', path });

/** What somebody reads goes through a pipe, what nobody needs to see straight into its file. */
const stdinTo = (plan: ProcessPlan, { folder, portable }: SlotParts): Stream => {
  if (portable) return { kind: 'null' };
  return plan.kind === 'fcgi-program'
    ? { kind: 'shared', path: hatchOf(folder, plan.group) }
    : { kind: 'pipe', path: pipePath(folder, plan, 'stdin') };
};

const streamsOf = (plan: ProcessPlan, captured: Pipes, parts: SlotParts): Streams => {
  const to = (stream: StreamName): Stream => {
    const path = captured[stream];
    return path === null ? appendTo(parts.outputs.path(plan, stream)) : { kind: 'pipe', path };
  };
  return {
    stdin: stdinTo(plan, parts),
    stdout: to('stdout'),
    stderr: plan.redirectStderr ? { kind: 'same-as-stdout' } : to('stderr'),
    ...(plan.sockets.length > 0 && { sockets: hatchesOf(parts.folder, plan) }),
  };
};

/** Without a guardian nobody makes named pipes: programs write to their files themselves, and nothing rotates. */
const readFrom = (plan: ProcessPlan, { folder, outputs, portable }: SlotParts): Pipes => {
  if (portable) return { stdout: null, stderr: null };
  const { stdout, stderr } = capturedOf(folder, plan);
  const isDirect = (stream: StreamName): boolean => !isHeard(plan, stream) && outputs.isDirect(plan, stream);
  return { stdout: isDirect('stdout') ? null : stdout, stderr: isDirect('stderr') ? null : stderr };
};

/** Pid of the reaper above its leader; null where it has none. */
export const reaperOf = ({ containment }: Slot): number | null =>
  containment?.kind === 'reap' ? containment.reaper.pid : null;

/** One end for all who send there, so that nothing gets between the bytes of another; null where its stdin is no pipe. */
export const stdinOf = (slot: Slot, clock: Clock): StdinPipe | null => {
  const { stdin } = slot.streams;
  if (stdin.kind === 'pipe') slot.stdin ??= new StdinPipe(stdin.path, clock);
  return slot.stdin;
};

export interface SlotParts {
  readonly tier: CgroupTier | null;
  readonly instance: string;
  /** Folder of the named pipes. */
  readonly folder: string;
  readonly outputs: OutputRouter;
  /** True without a guardian. */
  readonly portable: boolean;
  /** No supervisor before this one has used the cgroups. */
  readonly isFirst: boolean;
  /** Told once for each process whose limits nobody enforces. */
  readonly notice: (text: string) => void;
}

/** Sets the limits of a plan, or takes them away; which file enforces them. */
export const limit = (
  cgroup: Cgroup | null,
  plan: ProcessPlan,
  notice: (text: string) => void,
): string | null => {
  const { memoryMax: max, memoryHigh: high, care } = plan;
  const none = max === null && high === null && care.swapMax === null && !care.oomGroup;
  if (none && cgroup === null) return null;
  const got = cgroup?.limit({ max, high, swap: care.swapMax, oomGroup: care.oomGroup });
  if (got?.refusal === null) return got.enforcedBy;
  const name = namespec(plan);
  const reason = got?.refusal ?? 'no cgroup can be made here';
  notice(`cannot enforce the memory limits of ${name}: ${reason}; it runs without them`);
  return got?.enforcedBy ?? null;
};

export const createSlot = (plan: ProcessPlan, parts: SlotParts): Slot => {
  const { tier, notice, portable } = parts;
  const cgroup = tier === null || portable ? null : tier.leaf(plan.group, plan.name);
  const captured = readFrom(plan, parts);
  return {
    plan,
    cgroup,
    enforcedBy: limit(cgroup, plan, notice),
    streams: streamsOf(plan, captured, parts),
    captured,
    launches: 0,
    outputs: null,
    containment: null,
    baseline: null,
    begun: [],
    oomdMarks: parts.isFirst ? 0 : null,
    stderrPath: '',
    stderrFrom: 0,
    unwatch: null,
    stdin: null,
  };
};
