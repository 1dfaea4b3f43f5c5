// What did the steps between fork and exec say, and what does a failed one mean to the person who wrote the config?

import { constants } from 'node:os';
import { getSystemErrorMap } from 'node:util';
import type { Score } from '../model/event.ts';
import type { ProcessPlan } from '../model/plan.ts';
import type { CommandLine } from './lookup.ts';

/** The steps in the guardian's words; see STEPS in exec.c, and run_reap of guardian.c for the first. */
export type Stage =
  | 'fork'
  | 'setpgid'
  | 'cgroup'
  | 'oom_score_adj'
  | 'rlimit'
  | 'nice'
  | 'umask'
  | 'open'
  | 'listen'
  | 'setgroups'
  | 'setgid'
  | 'setuid'
  | 'pdeathsig'
  | 'chdir'
  | 'exec';

export interface StepReport {
  /** Null: exec worked. `stage` is 'none' when the guardian's words make no sense or are missing. */
  readonly failed: { readonly stage: Stage | 'none'; readonly errno: number } | null;
  readonly effective: number | null;
  /** errno of a preferred score that was refused; null when it was not. */
  readonly refused: number | null;
}

const STAGES = new Set<string>([
  'fork',
  'setpgid',
  'cgroup',
  'oom_score_adj',
  'rlimit',
  'nice',
  'umask',
  'open',
  'listen',
  'setgroups',
  'setgid',
  'setuid',
  'pdeathsig',
  'chdir',
  'exec',
] satisfies Stage[]);

const isStage = (word: string | undefined): word is Stage => word !== undefined && STAGES.has(word);

/** Pure. The lines of `guardian exec` up to the end of file; grammar at the head of exec.c. */
export const readSteps = (text: string): StepReport => {
  let effective: number | null = null;
  let refused: number | null = null;
  for (const line of text.split('\n')) {
    const [word, ...rest] = line.split(' ');
    if (word === 'score') effective = Number(rest[0]);
    else if (word === 'note') refused = Number(rest[1]);
    else if (isStage(word)) return { failed: { stage: word, errno: Number(rest[0]) }, effective, refused };
  }
  // It died before it could say anything, by a signal for instance.
  const failed = effective === null ? ({ stage: 'none', errno: 0 } as const) : null;
  return { failed, effective, refused };
};

const NAMES = new Map(Object.entries(constants.errno).map(([name, errno]) => [errno, name]));

const errnoName = (errno: number): string => NAMES.get(errno) ?? `errno ${errno}`;

/** libuv has words for all but this one, since none of its calls can give it. */
const errnoText = (errno: number): string =>
  errno === constants.errno.ENOEXEC
    ? 'exec format error'
    : (getSystemErrorMap().get(-errno)?.[1] ?? errnoName(errno));

export const scoreOf = (requested: number, report: StepReport): Score => ({
  requested,
  effective: report.effective ?? requested,
  refusal: report.refused === null ? null : errnoName(report.refused),
});

/** What the sentences need to know about the launch that failed. */
export interface Attempt {
  readonly plan: ProcessPlan;
  readonly command: CommandLine;
  readonly score: number;
  readonly joinFiles: readonly string[];
  /** Paths of the standard streams. */
  readonly streams: readonly string[];
}

type Failure = { readonly errno: string; readonly effective: number | null };
type Account = (attempt: Attempt, failure: Failure) => { readonly object: string; readonly cure: string };

const RIGHTS = 'run tsvisor as root';

const userStep: Account = ({ plan }, { errno }) => ({
  object: plan.user === null ? 'user' : `user ${plan.user.name} (uid ${plan.user.uid}, gid ${plan.user.gid})`,
  cure: errno === 'EAGAIN' ? "raise that user's limit of processes" : `${RIGHTS}, or leave out user`,
});

const execCure = (errno: string): string => {
  switch (errno) {
    case 'ENOENT':
      return 'the file is there, but the interpreter that its first line or its format asks for is not: install it or correct the first line';
    case 'ENOEXEC':
      return 'it is neither a program for this machine nor a script whose first line begins with #!';
    case 'EACCES':
      return 'let the user of the program execute the file and search the folders above it; a noexec mount refuses too';
    case 'E2BIG':
      return 'shorten the arguments or the environment';
    case 'ETXTBSY':
      return 'the file is still open for writing: start the program when it is complete';
    case 'EAGAIN':
      return "raise the user's limit of processes";
    default:
      return 'try the command by hand, as that user';
  }
};

const directoryCure = (errno: string): string =>
  errno === 'ENOENT'
    ? 'create it, or correct directory'
    : 'let the user of the program search it, or correct directory';

const ACCOUNTS: Readonly<Record<Stage, Account>> = {
  fork: () => ({ object: 'a process below its reaper', cure: 'raise the limit of processes' }),
  setpgid: () => ({ object: 'a process group of its own', cure: 'start it again' }),
  cgroup: ({ joinFiles }, { errno }) => ({
    object: `cgroup ${joinFiles.join(' and ')}`,
    cure:
      errno === 'ENOENT'
        ? 'somebody removed it: restart tsvisor, which makes it anew'
        : 'set containment to reap, which needs no cgroup',
  }),
  oom_score_adj: ({ score }, { errno, effective }) => ({
    object: `oom_score_adj ${score}`,
    cure:
      errno === 'EACCES'
        ? `use a value of ${effective ?? 0} or more, or run as root with that capability`
        : 'use a value from -1000 to 1000',
  }),
  rlimit: () => ({ object: 'resource limits', cure: `ask for no more than the hard limit, or ${RIGHTS}` }),
  nice: () => ({ object: 'nice', cure: `use a value of 0 or more, or ${RIGHTS}` }),
  umask: () => ({ object: 'umask', cure: 'use an octal number from 000 to 777' }),
  open: ({ streams }) => ({
    object: `its standard streams (${streams.join(', ')})`,
    cure: 'see that the folders exist and can be written to',
  }),
  listen: ({ plan }) => ({
    object: `its sockets (${plan.sockets.map(({ name }) => name).join(', ')})`,
    cure: 'start it again, which opens them anew',
  }),
  setgroups: userStep,
  setgid: userStep,
  setuid: userStep,
  pdeathsig: () => ({ object: 'its tie to the supervisor', cure: 'start it again' }),
  chdir: ({ plan }, { errno }) => ({
    object: `directory ${plan.directory ?? ''}`,
    cure: directoryCure(errno),
  }),
  exec: ({ command }, { errno }) => ({ object: command.file, cure: execCure(errno) }),
};

/** Rights that are missing now are missing in a second too. */
const LASTING = new Set<string>([
  'oom_score_adj',
  'rlimit',
  'nice',
  'umask',
  'setgroups',
  'setgid',
  'setuid',
]);
const NEEDS: Readonly<Partial<Record<Stage, string>>> = { oom_score_adj: ' (needs CAP_SYS_RESOURCE)' };

/** `cannot start NAME: OBJECT: REASON; CURE`, for a step that failed. */
export const explainFailure = (
  attempt: Attempt,
  report: StepReport,
): { readonly error: string; readonly retry: boolean } => {
  const { stage, errno } = report.failed ?? { stage: 'none', errno: 0 };
  const start = `cannot start ${attempt.plan.name}:`;
  if (stage === 'none')
    return { error: `${start} the guardian was killed before exec; start it again`, retry: true };
  const name = errnoName(errno);
  const { object, cure } = ACCOUNTS[stage](attempt, { errno: name, effective: report.effective });
  const needs = name === 'EACCES' ? (NEEDS[stage] ?? '') : '';
  return {
    error: `${start} ${object}: ${errnoText(errno)}${needs}; ${cure}`,
    retry: !LASTING.has(stage) || name === 'EAGAIN',
  };
};
