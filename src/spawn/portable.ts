// How does a process start, and how is its tree killed, where the guardian cannot be had? Portable mode, and all of it.

import { createWriteStream, existsSync, openSync, type WriteStream } from 'node:fs';
import { constants } from 'node:os';
import type { Readable } from 'node:stream';
import type { Processes } from '../kernel/port.ts';
import type { Exit, Identity } from '../model/phase.ts';
import type { LaunchRequest, LaunchResult } from './launch.ts';
import { lookup, type CommandLine } from './lookup.ts';
import { explainFailure, type Stage } from './stages.ts';
import { errnoOf } from '../model/errors.ts';

type Launched = Extract<LaunchResult, { leader: Identity }>;

/**
 * Streams are given where the request said `pipe`: it is an anonymous one here, since nobody makes named ones. To be
 * read from at once: execa lets go of what nobody reads when the program ends.
 */
export type PortableResult =
  | (Launched & { readonly stdout: Readable | null; readonly stderr: Readable | null })
  | Exclude<LaunchResult, Launched>;

export interface PortableLauncher {
  launch(request: LaunchRequest): Promise<PortableResult>;
}

/** Everything that can be walked to from a living leader; on Linux tree-kill runs `ps` once per process. */
export const killTree = async ({ pid }: Identity): Promise<void> => {
  const { default: treeKill } = await import('tree-kill');
  await new Promise<void>((resolve) => {
    // An error means that somebody ended first; emptiness is looked at afterwards in any case.
    treeKill(pid, 'SIGKILL', () => resolve());
  });
};

/** A stream on an open file is handed down as that file; execa's types know no plain descriptors. */
type Wiring = 'ignore' | 'pipe' | WriteStream;
type Wirings = ['ignore' | 'pipe', Wiring, Wiring];

const wireOne = (stream: LaunchRequest['stdout']): Wiring => {
  if (stream.kind === 'append')
    return createWriteStream(stream.path, { fd: openSync(stream.path, 'a', 0o644) });
  return stream.kind === 'pipe' ? 'pipe' : 'ignore';
};

/** Opens the files; the caller closes them. `same-as-stdout` on a pipe is read as one stream by execa. */
const wire = ({ stdin, stdout, stderr }: LaunchRequest): Wirings => {
  const out = wireOne(stdout);
  return [
    stdin.kind === 'pipe' ? 'pipe' : 'ignore',
    out,
    stderr.kind === 'same-as-stdout' ? out : wireOne(stderr),
  ];
};

const shut = (wiring: readonly Wiring[]): void => {
  for (const file of wiring) if (typeof file !== 'string') file.destroy();
};

/** libuv names only the errno; the step is guessed from what was asked for. */
const stageOf = ({ plan }: LaunchRequest, code: string): Stage => {
  if (plan.directory !== null && !existsSync(plan.directory)) return 'chdir';
  return code === 'EPERM' && plan.user !== null ? 'setuid' : 'exec';
};

interface Refused {
  readonly stage: Stage;
  /** errno name. */
  readonly code: string;
  readonly effective: number | null;
}

const explain = (request: LaunchRequest, command: CommandLine, refused: Refused): PortableResult => {
  const errnos: Readonly<Record<string, number>> = constants.errno;
  const all = [request.stdin, request.stdout, request.stderr];
  const streams = all.flatMap((one) => ('path' in one ? [one.path] : []));
  const attempt = { plan: request.plan, command, score: request.score, joinFiles: [], streams };
  const failed = { stage: refused.stage, errno: errnos[refused.code] ?? 0 };
  return explainFailure(attempt, { failed, effective: refused.effective, refused: null });
};

const refusedBy = (request: LaunchRequest, error: unknown): Refused => {
  const code = errnoOf(error);
  return { stage: stageOf(request, code), code, effective: null };
};

/** The umask is the process's own, so it is ours for the length of one synchronous call. */
const underUmask = <T>(umask: number | null, call: () => T): T => {
  if (umask === null) return call();
  const ours = process.umask(umask);
  try {
    return call();
  } finally {
    process.umask(ours);
  }
};

const start = async (request: LaunchRequest, command: CommandLine, wiring: Wirings) => {
  const { execa } = await import('execa');
  const { plan, env } = request;
  const [argv0 = command.file, ...args] = command.args;
  const joined = request.stderr.kind === 'same-as-stdout' && wiring[1] === 'pipe';
  const child = underUmask(plan.umask, () =>
    execa(command.file, args, {
      argv0,
      env,
      extendEnv: false,
      stdio: wiring,
      all: joined,
      buffer: false,
      reject: false,
      // Its own session and group, as the guardian gives it, so that a signal to the group does not hit us.
      detached: true,
      cleanup: false,
      ...(plan.directory === null ? {} : { cwd: plan.directory }),
      ...(plan.user === null || plan.user.uid === process.getuid?.()
        ? {}
        : { uid: plan.user.uid, gid: plan.user.gid }),
    }),
  );
  return { child, stdout: (joined ? child.all : child.stdout) ?? null, stderr: joined ? null : child.stderr };
};

type Started = Awaited<ReturnType<typeof start>>;

const follow = async (
  request: LaunchRequest,
  started: Started,
  processes: Processes,
): Promise<PortableResult | Refused> => {
  const { child, stdout, stderr } = started;
  const { pid } = child;
  if (pid === undefined) return refusedBy(request, await child);
  const ended = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  const row = processes.row(pid);
  // Before the event loop turns again it cannot have been reaped, unless /proc is not to be had.
  if (row === 'gone')
    return { error: `cannot start ${request.plan.name}: /proc shows no process ${pid}`, retry: true };
  const leader = { pid, startTick: row.startTick };
  const { effective, refusal } = processes.setScore(pid, request.score);
  const score = { requested: request.score, effective, refusal };
  if (refusal === null || !request.scoreRequired)
    return { leader, score, ended, reaper: null, stdout, stderr };
  await killTree(leader);
  return { stage: 'oom_score_adj', code: refusal, effective };
};

const attempt = async (
  request: LaunchRequest,
  command: CommandLine,
  processes: Processes,
): Promise<PortableResult | Refused> => {
  let wiring: Wirings | null = null;
  try {
    wiring = wire(request);
    return await follow(request, await start(request, command, wiring), processes);
  } catch (error) {
    return wiring === null
      ? { stage: 'open', code: errnoOf(error), effective: null }
      : refusedBy(request, error);
  } finally {
    shut(wiring ?? []);
  }
};

/**
 * The score is written after exec, so a child that is forked at once may keep ours; limits, supplementary groups and
 * cgroups are not given. Never throws.
 */
export const createPortableLauncher = (processes: Processes): PortableLauncher => ({
  launch: async (request) => {
    const command = lookup(request.plan.command, { env: request.env, directory: request.plan.directory });
    if ('error' in command) return { error: command.error, retry: true };
    const result = await attempt(request, command, processes);
    return 'stage' in result ? explain(request, command, result) : result;
  },
});
