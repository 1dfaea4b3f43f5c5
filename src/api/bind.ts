// How does a server get its socket file, with the right mode from the first moment and without touching what is not ours?

import { lchownSync, linkSync, lstatSync, mkdirSync, renameSync, unlinkSync } from 'node:fs';
import type { Server } from 'node:net';
import { dirname, join } from 'node:path';
import { errnoOf, errorText, TsvisorError } from '../model/errors.ts';
import { probe, type Found } from './probe.ts';

/** sockaddr_un holds 107 bytes and a NUL; Node cuts longer paths silently. */
export const MAX_SOCKET_PATH_BYTES = 107;

export interface Place {
  readonly path: string;
  /** File mode, e.g. 0o700. */
  readonly mode: number;
  readonly owner: { readonly uid: number; readonly gid: number } | null;
}

/** Tells our socket file from one that somebody else put at its path. */
export interface FileIdentity {
  readonly dev: bigint;
  readonly ino: bigint;
}

const refusal = (socket: string, reason: string, cure: string): TsvisorError =>
  new TsvisorError('SOCKET_PATH', { socket, reason, cure });

const TAKEN: Readonly<Record<Exclude<Found, 'free' | 'stale'>, readonly [reason: string, cure: string]>> = {
  answers: ['another server answers on it', 'stop that server, or choose another path'],
  hangs: [
    'a process listens on it but answers nothing',
    'it hangs or is stopped by a signal: end it (`ss -xlp` shows its pid), or choose another path',
  ],
  'no-socket': [
    'a file that is no socket is in its place',
    'move that file away yourself, or choose another path',
  ],
  denied: ['permission denied', 'start as the owner of that socket, or choose another path'],
};

const checkLength = (path: string, longest: string): void => {
  const bytes = Buffer.byteLength(longest);
  if (bytes <= MAX_SOCKET_PATH_BYTES) return;
  throw refusal(
    path,
    `the path needs ${bytes} bytes, a socket's may have ${MAX_SOCKET_PATH_BYTES}`,
    'choose a shorter path, for example with runtime_dir=',
  );
};

const identityOf = (path: string): FileIdentity | null => {
  const stat = lstatSync(path, { throwIfNoEntry: false, bigint: true });
  return stat === undefined ? null : { dev: stat.dev, ino: stat.ino };
};

/** True while the file at `path` is that very file; its inode cannot be reused as long as the socket is open. */
export const isStillThere = (path: string, identity: FileIdentity): boolean => {
  const now = identityOf(path);
  return now !== null && now.dev === identity.dev && now.ino === identity.ino;
};

/** Gives the bound file its name. A link refuses to replace; where links cannot be made, a rename must do. */
const nameIt = (temporary: string, path: string): void => {
  try {
    linkSync(temporary, path);
    unlinkSync(temporary);
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'ENOSYS', 'EMLINK'].includes(errnoOf(error))) throw error;
    renameSync(temporary, path);
  }
};

/** Node binds synchronously inside listen(), so a umask around it leaves no moment with a wider mode. */
const listenOn = (server: Server, temporary: string, mode: number): void => {
  const before = process.umask(~mode & 0o777);
  try {
    server.listen({ path: temporary, backlog: 511 });
  } finally {
    process.umask(before);
  }
};

const whenListening = (server: Server): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('listening', resolve);
    server.once('error', reject);
  });

const makeFolder = (path: string): void => {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
};

/**
 * Binds under a short-lived name beside the path and then takes the path: libuv unlinks, when a server closes, the
 * name it has bound, and so never a file that a later server put there.
 */
const claim = async (
  server: Server,
  { path, mode, owner }: Place,
  temporary: string,
): Promise<FileIdentity> => {
  const listening = whenListening(server);
  listenOn(server, temporary, mode);
  await listening;
  // No link is followed: where others may write to its folder, the name can be one by now.
  if (owner !== null) lchownSync(temporary, owner.uid, owner.gid);
  const identity = identityOf(temporary);
  if (identity === null) throw refusal(path, 'its file vanished while it was made', 'try again');
  nameIt(temporary, path);
  return identity;
};

/** Listens at the place, replacing a stale socket file; every other file there is refused with its reason. */
export const bind = async (server: Server, place: Place): Promise<FileIdentity> => {
  const { path } = place;
  const temporary = join(dirname(path), `.${process.pid.toString(36)}`);
  checkLength(path, path.length > temporary.length ? path : temporary);
  try {
    makeFolder(path);
    const found = await probe(path);
    if (found === 'stale') unlinkSync(path);
    else if (found !== 'free') throw refusal(path, ...TAKEN[found]);
    return await claim(server, place, temporary);
  } catch (error) {
    server.close();
    if (error instanceof TsvisorError) throw error;
    throw refusal(path, errorText(error), 'make its folder writable, or choose another path');
  }
};
