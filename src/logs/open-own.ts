// Is a file opened by its name the one that was meant? Where everybody may write, others can put a link in its place.

import { constants, lstatSync, openSync } from 'node:fs';
import { dirname } from 'node:path';

const STICKY = 0o1000;
const WRITABLE_BY_ALL = 0o002;

/** The rule of fs.protected_symlinks, which is off on some kernels: a link in /tmp is for its owner, and the folder's owner may put one there for all. */
const isTrap = (path: string): boolean => {
  const folder = lstatSync(`${dirname(path)}/.`);
  const link = lstatSync(path);
  const isShared = (folder.mode & STICKY) !== 0 && (folder.mode & WRITABLE_BY_ALL) !== 0;
  return isShared && link.uid !== process.geteuid?.() && link.uid !== folder.uid;
};

/** As openSync; refuses with ELOOP or EACCES a link that somebody else has put there. */
export const openOwn = (path: string, flags: number, mode: number): number => {
  try {
    return openSync(path, flags | constants.O_NOFOLLOW, mode);
  } catch (error) {
    const isLink = error instanceof Error && 'code' in error && error.code === 'ELOOP';
    if (!isLink || isTrap(path)) throw error;
    return openSync(path, flags, mode);
  }
};
