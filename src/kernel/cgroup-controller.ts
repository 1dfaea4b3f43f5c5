// How does the v2 memory controller get down to our cgroups? "No internal processes", and who may step aside for it.

import { existsSync } from 'node:fs';
import { makeFolder, movePid, pidsIn, removeTree } from './cgroup-folder.ts';
import { readText, writeText } from './files.ts';

const WORDS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'mounted read-only',
  EBUSY: 'processes that are not ours are in it',
  ENOENT: 'no such file',
};

export const errnoWords = (code: string): string => WORDS[code] ?? code;

const parentOf = (folder: string): string => folder.slice(0, folder.lastIndexOf('/')) || '/';

const hasMemory = (folder: string, file: 'cgroup.controllers' | 'cgroup.subtree_control'): boolean =>
  (readText(`${folder}/${file}`) ?? '').trim().split(' ').includes('memory');

/** Gives the controller on from the top of the mount down to `folder`; null when it arrived, else why not. */
const giveOn = (folder: string, top: string): string | null => {
  if (hasMemory(folder, 'cgroup.subtree_control')) return null;
  if (folder !== top && !hasMemory(folder, 'cgroup.controllers')) {
    const why = giveOn(parentOf(folder), top);
    if (why !== null) return why;
  }
  if (!hasMemory(folder, 'cgroup.controllers')) return `${folder} has no memory controller`;
  const code = writeText(`${folder}/cgroup.subtree_control`, '+memory');
  return code === null ? null : `cannot enable the memory controller in ${folder}: ${errnoWords(code)}`;
};

export interface ControllerWanted {
  /** Our root folder, the folder of the mount, and where supervisor and guardian may go. */
  readonly root: string;
  readonly top: string;
  readonly aside: string;
  readonly own: readonly number[];
}

export interface ControllerGiven {
  /** Why there is no controller; null when there is. */
  readonly why: string | null;
  /** Undoes what had to be changed for it. */
  readonly retreat: () => void;
}

/**
 * A cgroup that gives a controller on may have no processes of its own (the topmost may). So supervisor and guardian
 * step aside into a leaf, if nobody else is there with them.
 */
export const enableMemory = ({ root, top, aside, own }: ControllerWanted): ControllerGiven => {
  const base = parentOf(root);
  const retreat = (): void => {
    if (!existsSync(aside)) return;
    writeText(`${base}/cgroup.subtree_control`, '-memory');
    for (const pid of pidsIn(aside)) movePid(pid, base);
    removeTree(aside);
  };
  const give = (): string | null => giveOn(base, top) ?? giveOn(root, top);
  const first = give();
  const alone = pidsIn(base).every((pid) => own.includes(pid));
  if (first === null || !hasMemory(base, 'cgroup.controllers') || !alone) return { why: first, retreat };
  makeFolder(aside);
  for (const pid of pidsIn(base)) movePid(pid, aside);
  const why = give();
  if (why !== null) retreat();
  return { why, retreat };
};
