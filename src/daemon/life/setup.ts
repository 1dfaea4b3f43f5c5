// What is set up before anything runs? The plan, the runtime folder, the lock, the guardian, the score and the cgroups.

import { accessSync, chmodSync, constants, lchownSync, lstatSync, mkdirSync } from 'node:fs';
import type { Server } from 'node:net';
import { join, resolve } from 'node:path';
import { loadPlan } from '../../config/load.ts';
import { controlSocket, instanceOf, lockName } from '../../config/runtime.ts';
import { findGuardian } from '../../guardian/binary.ts';
import type { Link } from '../../guardian/link.ts';
import { probeCgroups } from '../../kernel/cgroup.ts';
import { createLinux, type Linux } from '../../kernel/linux.ts';
import type { CgroupTier } from '../../kernel/port.ts';
import { errorText, TsvisorError } from '../../model/errors.ts';
import type { Account, Plan } from '../../model/plan.ts';
import { badConfig, type Problem } from '../../model/problem.ts';
import { takeLock } from './instance-lock.ts';
import type { Settings } from './settings.ts';

export interface Setup {
  readonly settings: Settings;
  readonly plan: Plan;
  readonly warnings: readonly Problem[];
  /** Absolute, from where we were started: the daemon goes to its directory later. */
  readonly childLogDir: string;
  /** 8 hexadecimal characters that name this tsvisor on the machine. */
  readonly instance: string;
  /** Null under a guardian, which holds the lock itself. */
  readonly lock: Server | null;
  readonly link: Link | null;
  /** Path of the guardian's binary; null: portable mode. */
  readonly guardian: string | null;
  readonly linux: Linux;
  /** Our own effective oom_score_adj. */
  readonly score: number;
  readonly tier: CgroupTier | null;
  /** Which cgroup trees are used and which are not, with reasons. */
  readonly tierWhy: string;
  /** Ourselves and our guardian: never swept, never hunted. */
  readonly spare: ReadonlySet<number>;
}

const readPlan = async (file: string): Promise<{ plan: Plan; warnings: readonly Problem[] }> => {
  const resolved = await loadPlan(file);
  if (resolved.plan === null) throw badConfig(resolved.problems);
  return resolved;
};

/** Ours alone: sockets, pipes and the ledger are in it. A folder of somebody else is refused. */
const makeRuntimeDir = (folder: string, owner: Account | null): void => {
  mkdirSync(join(folder, 'pipes'), { recursive: true, mode: 0o700 });
  const { uid } = lstatSync(folder);
  const wanted = new Set([process.getuid?.(), owner?.uid]);
  if (!wanted.has(uid))
    throw new TsvisorError('START_FAILED', { reason: `${folder} belongs to uid ${uid}, not to us` });
  chmodSync(folder, 0o700);
  if (owner !== null && owner.uid !== process.getuid?.())
    for (const path of [folder, join(folder, 'pipes')]) lchownSync(path, owner.uid, owner.gid);
};

/** `[supervisord] user=`: for good, before any file of the programs is opened. */
const become = (user: Account | null, runtimeDir: string): void => {
  if (user === null || user.uid === process.getuid?.()) return;
  try {
    process.setgroups?.([...user.groups]);
    process.setgid?.(user.gid);
    process.setuid?.(user.uid);
  } catch (error) {
    const reason = `cannot become user ${user.name}: ${errorText(error)}`;
    throw new TsvisorError('START_FAILED', { reason });
  }
  try {
    accessSync(runtimeDir, constants.W_OK | constants.X_OK);
  } catch {
    const reason = `user ${user.name} cannot reach the runtime folder ${runtimeDir}; let others pass through the folders above it (chmod o+x), or set runtime_dir= to another`;
    throw new TsvisorError('START_FAILED', { reason });
  }
};

const lockOurselves = async (settings: Settings, instance: string): Promise<Server> => {
  const lock = await takeLock(lockName(instance));
  if (lock !== null) return lock;
  const socket = controlSocket(settings.runtimeDir);
  throw new TsvisorError('ALREADY_RUNNING', { pid: 'unknown', socket, config: settings.config });
};

/** Best protected short of invulnerable; a guardian has done this for us already. */
const SUPERVISOR_SCORE = -900;

const protectOurselves = ({ processes }: Linux, link: Link | null): number => {
  if (link === null) return processes.setScore(process.pid, SUPERVISOR_SCORE).effective;
  const score = processes.score(process.pid);
  return typeof score === 'number' ? score : 0;
};

/**
 * `tsvisor start`, while it waits for us (in the foreground for as long as we live), is in our cgroup too. It tells its
 * pid, which counts only while it is the guardian's parent: else it is gone and the pid may be anybody's.
 */
const waitingStarter = ({ processes }: Linux, link: Link | null): readonly number[] => {
  const starter = Number(process.env['TSVISOR_STARTER']);
  delete process.env['TSVISOR_STARTER'];
  const guardian = link === null ? 'gone' : processes.row(link.hello.guardianPid);
  return guardian !== 'gone' && guardian.ppid === starter ? [starter] : [];
};

const NO_GUARDIAN = 'cgroups are not used without the guardian';

export const setUp = async (settings: Settings, link: Link | null): Promise<Setup> => {
  const { plan, warnings } = await readPlan(settings.config);
  makeRuntimeDir(settings.runtimeDir, plan.supervisor.user);
  const instance = instanceOf(settings.runtimeDir);
  const lock = link === null ? await lockOurselves(settings, instance) : null;
  const linux = createLinux();
  const score = protectOurselves(linux, link);
  become(plan.supervisor.user, settings.runtimeDir);
  const guardian = findGuardian()?.path ?? null;
  const own = [process.pid, ...(link === null ? [] : [link.hello.guardianPid])];
  const movable = [...own, ...waitingStarter(linux, link)];
  const found =
    guardian === null ? { tier: null, why: NO_GUARDIAN } : probeCgroups({ instance, own: movable });
  return {
    settings,
    plan,
    warnings,
    childLogDir: resolve(plan.supervisor.childlogdir),
    instance,
    lock,
    link,
    guardian,
    linux,
    score,
    tier: found.tier,
    tierWhy: found.why,
    spare: new Set(own),
  };
};
