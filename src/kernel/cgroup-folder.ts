// How is a cgroup made, looked into and taken away? Folders, as both versions have them.

import { mkdirSync, readdirSync, rmdirSync, statSync } from 'node:fs';
import { readText, writeText } from './files.ts';
import { errnoOf } from '../model/errors.ts';

/** Null when it is there, else the errno name. */
export const makeFolder = (folder: string): string | null => {
  try {
    mkdirSync(folder, 0o755);
    return null;
  } catch (error) {
    const code = errnoOf(error);
    return code === 'EEXIST' ? null : code;
  }
};

const removeFolder = (folder: string): boolean => {
  try {
    rmdirSync(folder);
    return true;
  } catch (error) {
    return errnoOf(error) === 'ENOENT';
  }
};

/** Distinguishes a cgroup from one made later under the same name; null when it is not there. */
export const instanceOf = (folder: string): number | null => {
  const found = statSync(folder, { throwIfNoEntry: false });
  return found === undefined ? null : found.ino;
};

const subfolders = (folder: string): string[] => {
  try {
    // kernfs counts sub-folders in the link count, which spares reading a folder of forty files.
    if (statSync(folder).nlink <= 2) return [];
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => `${folder}/${entry.name}`);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    // Not allowed to look: what is in there cannot be joined by our programs either.
    return [];
  }
};

/** A pid of 0 stands for a process outside of our PID namespace. */
export const pidsIn = (folder: string): number[] =>
  (readText(`${folder}/cgroup.procs`) ?? '')
    .split('\n')
    .map(Number)
    .filter((pid) => pid > 0);

/** Every pid in this cgroup and all below. */
export const pidsBelow = (folder: string): number[] => {
  const pids = pidsIn(folder);
  for (const sub of subfolders(folder)) pids.push(...pidsBelow(sub));
  return pids;
};

/** Removes a cgroup and all below that have no members; true when none is left. */
export const removeTree = (folder: string): boolean => {
  for (const sub of subfolders(folder)) removeTree(sub);
  return removeFolder(folder);
};

/** Moves a process with all its threads; null when the kernel did it, else the errno name. */
export const movePid = (pid: number, folder: string): string | null =>
  writeText(`${folder}/cgroup.procs`, String(pid));
