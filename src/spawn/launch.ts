// How does a process start? One spawn of `guardian exec` (or `reap`), which becomes the program or says which step failed.

import { spawn, type ChildProcess } from 'node:child_process';
import { Socket } from 'node:net';
import type { Score } from '../model/event.ts';
import type { Exit, Identity } from '../model/phase.ts';
import type { Account, ProcessPlan } from '../model/plan.ts';
import { LIMITS, type Ulimit } from '../model/ulimit.ts';
import type { Reaper } from './containment.ts';
import { lookup, type CommandLine } from './lookup.ts';
import { followReaper } from './reaper.ts';
import { type Attempt, explainFailure, readSteps, scoreOf } from './stages.ts';

/**
 * `pipe` is a FIFO that exists, opened for both directions; `append` is a file, made when it is not there; `shared` is a listening socket, fetched at the path
 * where its keeper gives it out.
 */
export type Stream =
  | { readonly kind: 'null' }
  | { readonly kind: 'pipe'; readonly path: string }
  | { readonly kind: 'append'; readonly path: string }
  | { readonly kind: 'shared'; readonly path: string };

export interface LaunchRequest {
  readonly plan: ProcessPlan;
  /** The whole environment of the program; nothing is added. */
  readonly env: Readonly<Record<string, string>>;
  /** oom_score_adj, -1000..1000. */
  readonly score: number;
  /** Refused score: true fails the launch, false starts with the nearest that the kernel allows. */
  readonly scoreRequired: boolean;
  /** Files to write the joining pid to, in this order. */
  readonly joinFiles: readonly string[];
  readonly stdin: Stream;
  readonly stdout: Stream;
  readonly stderr: Stream | { readonly kind: 'same-as-stdout' };
  /** Paths where keepers of listening sockets give them out: descriptors from 3 on. */
  readonly sockets?: readonly string[];
  /** `reap` keeps a parent above the program that can kill all its descendants. */
  readonly mode: 'exec' | 'reap';
  /** Without a guardian nobody sweeps after us: let the leader at least die with the supervisor. */
  readonly guardianLost?: boolean;
}

export type LaunchResult =
  | {
      readonly leader: Identity;
      readonly score: Score;
      readonly ended: Promise<Exit>;
      /** Null in mode `exec`. */
      readonly reaper: Reaper | null;
    }
  /** A sentence for people; without `retry` a further attempt is of no use. */
  | { readonly error: string; readonly retry: boolean };

export interface Launcher {
  launch(request: LaunchRequest): Promise<LaunchResult>;
}

interface LauncherParts {
  /** Path of the guardian binary. */
  readonly guardian: string;
  /** The kernel's `row`: pid and start tick of a process. */
  readonly identity: (pid: number) => Identity | 'gone';
}

/** Bytes; the steps' words are below 200. */
const STATUS_MAX = 4096;

/** RLIM_INFINITY to the guardian. */
const UNLIMITED = -1;

const streamOptions = (fd: number, stream: LaunchRequest['stderr']): string[] => {
  switch (stream.kind) {
    case 'null':
      return [];
    case 'pipe':
      return ['-p', `${fd}:${stream.path}`];
    case 'append':
      return ['-a', `${fd}:${stream.path}`];
    case 'shared':
      return ['-i', `${fd}:${stream.path}`];
    case 'same-as-stdout':
      return ['-D', `${fd}:1`];
  }
};

/** As supervisord: a user that we are already is no change, and needs no rights. */
const userOptions = (user: Account | null): string[] =>
  user === null || user.uid === process.getuid?.()
    ? []
    : ['-S', user.groups.join(','), '-G', String(user.gid), '-U', String(user.uid)];

const limitOption = ({ name, soft, hard }: Ulimit): string =>
  `${LIMITS[name].number}:${soft ?? UNLIMITED}:${hard ?? UNLIMITED}`;

/** The order is of no importance here: the guardian has its own. */
const optionsOf = (request: LaunchRequest): string[] => {
  const { plan } = request;
  const tied = request.mode === 'reap' || request.guardianLost === true;
  return [
    ...request.joinFiles.flatMap((file) => ['-g', file]),
    request.scoreRequired ? '-O' : '-o',
    String(request.score),
    ...plan.ulimits.flatMap((limit) => ['-r', limitOption(limit)]),
    ...(plan.nice === null ? [] : ['-N', String(plan.nice)]),
    ...(plan.umask === null ? [] : ['-m', plan.umask.toString(8)]),
    ...streamOptions(0, request.stdin),
    ...streamOptions(1, request.stdout),
    ...streamOptions(2, request.stderr),
    ...(request.sockets ?? []).flatMap((path) => ['-l', path]),
    ...userOptions(plan.user),
    ...(plan.directory === null ? [] : ['-d', plan.directory]),
    ...(tied ? ['-P', String(process.pid)] : []),
  ];
};

const attemptOf = (request: LaunchRequest, command: CommandLine): Attempt => ({
  plan: request.plan,
  command,
  score: request.score,
  joinFiles: request.joinFiles,
  streams: [request.stdin, request.stdout, request.stderr].flatMap((one) =>
    'path' in one ? [one.path] : [],
  ),
});

const readStatus = (socket: Socket): Promise<string> =>
  new Promise((settle) => {
    let text = '';
    socket.on('data', (bytes) => {
      if (text.length < STATUS_MAX) text += bytes.toString('latin1');
    });
    socket.on('error', () => socket.destroy());
    socket.once('close', () => settle(text));
  });

const ending = (child: ChildProcess): Promise<Exit> =>
  new Promise((settle) => {
    child.once('exit', (code, signal) => settle({ code, signal }));
  });

/** Texts of supervisord for what fork itself refuses. */
const explainSpawn = (request: LaunchRequest, guardian: string, code: string): LaunchResult => {
  const { name } = request.plan;
  switch (code) {
    case 'EAGAIN':
      return { error: `Too many processes in process table to spawn '${name}'`, retry: true };
    case 'EMFILE':
    case 'ENFILE':
      return { error: `too many open files to spawn '${name}'`, retry: true };
    case 'E2BIG':
      return {
        error: `cannot start ${name}: its arguments or its environment are too long; shorten them`,
        retry: false,
      };
    case 'ENOENT':
    case 'EACCES':
    case 'ENOEXEC':
      return {
        error: `cannot start ${name}: the guardian ${guardian} cannot be run (${code}); build it with npm run build`,
        retry: true,
      };
    default:
      return { error: `unknown error during fork for '${name}': ${code}`, retry: true };
  }
};

type Spawned = { readonly child: ChildProcess; readonly pid: number; readonly socket: Socket };

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : String(error);

/** Never throws; a refusal of fork or exec is its errno name. */
const tryToSpawn = async (
  guardian: string,
  args: readonly string[],
  env: LaunchRequest['env'],
): Promise<Spawned | string> => {
  try {
    const child = spawn(guardian, args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'], env });
    const socket = child.stdio?.[3];
    if (child.pid !== undefined && socket instanceof Socket) return { child, pid: child.pid, socket };
    return await new Promise<string>((settle) => {
      child.once('error', (error) => settle(codeOf(error)));
    });
  } catch (error) {
    return codeOf(error);
  }
};

type Identify = LauncherParts['identity'];

const followExec = async (spawned: Spawned, attempt: Attempt, identity: Identify): Promise<LaunchResult> => {
  const { child, pid, socket } = spawned;
  const ended = ending(child);
  // Before the event loop turns again it cannot have been reaped.
  const leader = identity(pid);
  const report = readSteps(await readStatus(socket));
  // A child process keeps its streams for as long as it lives.
  child.stdio.fill(null);
  if (report.failed === null && leader !== 'gone')
    return {
      leader: { pid, startTick: leader.startTick },
      score: scoreOf(attempt.score, report),
      ended,
      reaper: null,
    };
  await ended;
  return explainFailure(attempt, report);
};

const followReap = async ({ child, pid, socket }: Spawned, attempt: Attempt): Promise<LaunchResult> => {
  const gone = ending(child);
  const { started, ended, reaper } = followReaper(socket, pid);
  const { leader, report } = await started;
  if (report.failed === null && leader !== null)
    return { leader, score: scoreOf(attempt.score, report), ended, reaper };
  await gone;
  return explainFailure(attempt, report);
};

export const createLauncher = ({ guardian, identity }: LauncherParts): Launcher => ({
  launch: async (request) => {
    const { plan, env, mode } = request;
    const command = lookup(plan.command, { env, directory: plan.directory });
    if ('error' in command) return { error: command.error, retry: true };
    const args = [mode, ...optionsOf(request), '--', command.file, ...command.args];
    const spawned = await tryToSpawn(guardian, args, env);
    if (typeof spawned === 'string') return explainSpawn(request, guardian, spawned);
    const attempt = attemptOf(request, command);
    return mode === 'reap' ? followReap(spawned, attempt) : followExec(spawned, attempt, identity);
  },
});
