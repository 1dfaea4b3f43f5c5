// Who is alive? An eye of its own on /proc, that shares no line with what it watches.

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A pid with its start tick: no later process is mistaken for it. */
export interface Witnessed {
  readonly pid: number;
  readonly startTick: number;
}

const read = (path: string): string | null => {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return null; // A process may go at any moment: what cannot be read is not there.
  }
};

const fieldsOf = (pid: number): readonly string[] => {
  const text = read(`/proc/${pid}/stat`) ?? '';
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
};

/** Null when there is no such process or it is dead already (a zombie). */
const witness = (pid: number): Witnessed | null => {
  const [state = '', ...fields] = fieldsOf(pid);
  return state === '' || state === 'Z' || state === 'X' ? null : { pid, startTick: Number(fields[18]) };
};

/** The same, where its absence is a failure of the test. */
export const witnessed = (pid: number): Witnessed => {
  const seen = witness(pid);
  if (seen === null) throw new Error(`cannot find process ${pid}: it is not alive`);
  return seen;
};

export const isAlive = ({ pid, startTick }: Witnessed): boolean => witness(pid)?.startTick === startTick;

export const environment = (pid: number, name: string): string | null => {
  const found = (read(`/proc/${pid}/environ`) ?? '')
    .split('\0')
    .find((entry) => entry.startsWith(`${name}=`));
  return found === undefined ? null : found.slice(name.length + 1);
};

const directory = (pid: number): string => {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '';
  }
};

const isIn = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);

const allPids = (): readonly number[] =>
  readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number);

/** Dead processes that their parents, all of `parents`, have not reaped. */
export const zombieChildren = (parents: readonly number[]): readonly number[] =>
  allPids().filter((pid) => {
    const [state, parent] = fieldsOf(pid);
    return state === 'Z' && parents.includes(Number(parent));
  });

/** Live processes that live in `folder`: started with it in the variable `mark`, or working in it. */
export const processesWith = (folder: string, mark: string): readonly Witnessed[] =>
  allPids()
    .filter((pid) => environment(pid, mark) === folder || isIn(directory(pid), folder))
    .flatMap((pid) => witness(pid) ?? []);

export const commandLine = (pid: number): string =>
  (read(`/proc/${pid}/cmdline`) ?? '').replaceAll('\0', ' ');

/** Whether it is pid 1 in a namespace of its own. */
export const isFirst = (pid: number): boolean =>
  /^NSpid:\s+\d+\s+1$/m.test(read(`/proc/${pid}/status`) ?? '');

/** oom_score_adj, from the kernel. */
export const score = (pid: number): number => Number(read(`/proc/${pid}/oom_score_adj`) ?? Number.NaN);

/** Signals and says whether there was somebody to signal. */
export const kill = (pid: number, signal: NodeJS.Signals = 'SIGKILL'): boolean => {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
};
