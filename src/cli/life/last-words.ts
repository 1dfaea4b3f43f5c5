// What did a supervisor write to stderr before it had a log, or after it lost it?

import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { errorText, TsvisorError } from '../../model/errors.ts';
import type { Place } from '../place.ts';

const MAX_FILE_BYTES = 1024 * 1024;
const MAX_SHOWN_BYTES = 2048;

export interface LastWords {
  /** To be given to the supervisor as its stderr. */
  readonly fd: number;
  /** What has been written since the file was opened; the end of it when it is long. */
  read(): string;
  close(): void;
}

const unusable = (folder: string, reason: string, example = ''): TsvisorError =>
  new TsvisorError('START_FAILED', {
    reason: `its runtime folder ${folder} cannot be used: ${reason}; set runtime_dir= to another${example}`,
  });

const using = <T>(folder: string, act: () => T): T => {
  try {
    return act();
  } catch (error) {
    throw unusable(folder, errorText(error));
  }
};

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/**
 * With those above it; true when it was not there. Node's own way to do that never returns where the kernel says ENOENT to a
 * folder that is there, as in /proc and below automounters.
 */
const makeFolder = (path: string, mode: number): boolean => {
  if (isFolder(path)) return false;
  makeFolder(dirname(path), 0o755);
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    // Somebody else may have been faster.
    if (!isFolder(path)) throw error;
  }
  return true;
};

/**
 * A folder that somebody else made, for example in /tmp, is a trap, and so is one in such a folder: it can be exchanged. That of `[supervisord] user=` is none.
 */
export const makeRuntimeFolder = ({ runtimeDir, plan }: Place): void => {
  const above = dirname(runtimeDir);
  const [owner, owners] = using(runtimeDir, () => {
    // The user of `[supervisord] user=` must pass through it, whatever our umask is.
    if (makeFolder(above, 0o755)) chmodSync(above, 0o755);
    makeFolder(runtimeDir, 0o700);
    return [lstatSync(runtimeDir).uid, [lstatSync(above).uid, statSync(above).uid]] as const;
  });
  const ours = new Set([process.geteuid?.(), plan.supervisor.user?.uid]);
  if (!ours.has(owner))
    throw unusable(
      runtimeDir,
      `it belongs to another user (uid ${owner})`,
      `, for example ${join(runtimeDir, 'tsvisor')}`,
    );
  const stranger = owners.find((uid) => uid !== 0 && !ours.has(uid));
  if (stranger !== undefined)
    throw unusable(runtimeDir, `${above} belongs to another user (uid ${stranger}), who could exchange it`);
};

/** Never through a link, which the folder's owner may have put there. */
const FLAGS = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;

/** The file grows over lives of one guardian, but is bounded at each start. */
const openFile = (path: string): { readonly fd: number; readonly begun: number } => {
  const fd = openSync(path, FLAGS, 0o600);
  if (fstatSync(fd).size > MAX_FILE_BYTES) ftruncateSync(fd);
  return { fd, begun: fstatSync(fd).size };
};

export const openLastWords = (runtimeDir: string): LastWords => {
  const { fd, begun } = using(runtimeDir, () => openFile(join(runtimeDir, 'stderr.log')));
  return {
    fd,
    read() {
      const end = fstatSync(fd).size;
      const from = Math.max(begun, end - MAX_SHOWN_BYTES);
      const bytes = Buffer.alloc(Math.max(0, end - from));
      return bytes.toString('utf8', 0, readSync(fd, bytes, 0, bytes.length, from)).trim();
    },
    close: () => closeSync(fd),
  };
};
