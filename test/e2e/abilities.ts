// What can this machine do? Tests that need more than it has are skipped by the name of what is missing.

import { spawnSync } from 'node:child_process';
import { closeSync, constants, existsSync, mkdirSync, openSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { CLI } from './dist.ts';

export const isRoot = process.getuid?.() === 0;

export const hasSupervisord = spawnSync('supervisord', ['--version']).status === 0;

/** The folder of our own memory cgroup (v1), or of our own cgroup where v2 can limit memory; null without either. */
const memoryFolder = (): string | null => {
  const lines = readFileSync('/proc/self/cgroup', 'utf8').split('\n');
  const v1 = lines.find((line) => line.split(':')[1]?.split(',').includes('memory'));
  if (v1 !== undefined) return join('/sys/fs/cgroup/memory', v1.split(':')[2] ?? '');
  const v2 = join('/sys/fs/cgroup', lines.find((line) => line.startsWith('0::'))?.slice(3) ?? '');
  const controllers = join(v2, 'cgroup.controllers');
  return existsSync(controllers) && readFileSync(controllers, 'utf8').includes('memory') ? v2 : null;
};

const canMakeFolderIn = (parent: string | null): boolean => {
  if (parent === null) return false;
  const folder = join(parent, `tsvisor-probe-${process.pid}`);
  try {
    mkdirSync(folder);
    rmdirSync(folder);
    return true;
  } catch {
    return false;
  }
};

/** Words that run a command as a user without privileges or cgroups. */
export const AS_PLAIN_USER = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];

const runs = (file: string, ...args: readonly string[]): boolean => spawnSync(file, args).status === 0;

/** Whether such a user may read what is tested. */
export const canBePlainUser =
  isRoot && runs('setpriv', ...AS_PLAIN_USER.slice(1), process.execPath, CLI, 'version');

export const canMakePidNamespace = runs('unshare', '--pid', '--fork', '--mount-proc', 'true');

export const canMakeMountNamespace =
  isRoot && runs('unshare', '--mount', '--pid', '--fork', '--mount-proc', 'true');

export const canLimitMemory = canMakeFolderIn(memoryFolder());

/** How many files a process may have open from now on. */
export const limitFiles = (pid: number, most: number): boolean =>
  runs('prlimit', `--pid=${pid}`, `--nofile=${most}:`);

export const canLimitOthers = isRoot && runs('prlimit', '--version');

/** Whether a program may leave the cgroup that it was put in. */
export const canLeaveCgroup =
  isRoot &&
  ['/sys/fs/cgroup/cgroup.procs', '/sys/fs/cgroup/unified/cgroup.procs'].some((path) =>
    runs('sh', '-c', `test -w ${path}`),
  );

const canOpen = (path: string): boolean => {
  try {
    closeSync(openSync(path, constants.O_RDONLY | constants.O_NONBLOCK));
    return true;
  } catch {
    return false;
  }
};

export const canReadKernelLog = canOpen('/dev/kmsg');
