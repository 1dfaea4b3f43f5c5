// Where does the tsvisor of a config keep its socket and ledger, and by what name is it known on this machine?

import { accessSync, constants, lstatSync, realpathSync } from 'node:fs';
import { userInfo } from 'node:os';
import { basename, dirname, extname, join, resolve } from 'node:path';
import type { Plan } from '../model/plan.ts';
import type { Problem } from '../model/problem.ts';

/** sockaddr_un has room for 108 bytes, and the last must be zero for some who read it. */
export const MAX_SOCKET_PATH = 107;

/** Path of the control socket in a runtime folder. */
export const controlSocket = (runtimeDir: string): string => join(runtimeDir, 'tsvisor.sock');

export interface Runtime {
  /** Absolute folder of the socket, the pipes and the ledger; not made here. */
  readonly dir: string;
  /** Absolute path of the control socket. */
  readonly socket: string;
  /** 8 hexadecimal characters. */
  readonly instance: string;
  /** Set when the socket cannot be used. */
  readonly problem: Problem | null;
}

/** FNV-1a over UTF-16 units, 8 hexadecimal characters: a name, not a secret; loading node:crypto costs 2 ms. */
const hash = (text: string): string => {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return (value >>> 0).toString(16).padStart(8, '0');
};

/** What is not there (yet, or any more) has the name it would have: that of its real parent, and its own. */
const realPath = (file: string): string => {
  const path = resolve(file);
  try {
    return realpathSync(path);
  } catch {
    return path === '/' ? path : join(realPath(dirname(path)), basename(path));
  }
};

const isWritable = (path: string): boolean => {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
};

/** Somebody else has it already: whoever owns a folder can put another one in the place of each that is in it. */
const isForeign = (path: string): boolean => {
  const owner = lstatSync(path, { throwIfNoEntry: false })?.uid;
  return owner !== undefined && owner !== process.getuid?.();
};

const canHold = (path: string): boolean =>
  !isForeign(path) && (isWritable(path) || isWritable(dirname(path)));

/** Those that every shell of the user comes to alike (not TMPDIR), the usual one first. */
const baseFolders = (env: NodeJS.ProcessEnv): readonly string[] => {
  const uid = process.getuid?.() ?? userInfo().uid;
  const xdg = env['XDG_RUNTIME_DIR'];
  const usual = uid === 0 ? ['/run/tsvisor'] : xdg?.startsWith('/') === true ? [join(xdg, 'tsvisor')] : [];
  // A container may have a read-only root and one of these alone.
  return [...usual, ...['/tmp', '/run', '/var/tmp', '/dev/shm'].map((root) => join(root, `tsvisor-${uid}`))];
};

/** The first that is there or can be made; where none can, the error tells of the usual one. */
const baseFolder = (env: NodeJS.ProcessEnv): string => {
  const folders = baseFolders(env);
  return folders.find(canHold) ?? folders[0] ?? '/run/tsvisor';
};

/** The folder that a config has when it names none: the same for every path to the same file. */
export const defaultRuntimeDir = (file: string, env: NodeJS.ProcessEnv = process.env): string => {
  const real = realPath(file);
  const name = basename(real, extname(real));
  return join(baseFolder(env), `${name}-${hash(real)}`);
};

/** The folder of a plan; of a path alone, the one it has unless the file names another. */
export const runtimeDirFor = (of: Plan | string, env: NodeJS.ProcessEnv = process.env): string =>
  typeof of === 'string'
    ? defaultRuntimeDir(of, env)
    : (of.supervisor.runtimeDir ?? defaultRuntimeDir(of.file, env));

/** 8 hexadecimal characters that name the tsvisor of a runtime folder, in cookies, cgroups and locks. */
export const instanceOf = (runtimeDir: string): string => hash(realPath(runtimeDir));

/**
 * Name of the abstract socket that only one tsvisor of an instance can hold, without the leading NUL: exactly 107
 * characters, so that every program pads it alike.
 */
export const lockName = (instance: string): string =>
  `tsvisor-lock-${instance}-`.padEnd(MAX_SOCKET_PATH, '.');

const socketProblem = (plan: Plan, socket: string): Problem | null => {
  const length = Buffer.byteLength(socket);
  if (length <= MAX_SOCKET_PATH) return null;
  return {
    file: plan.file,
    line: 0,
    column: 0,
    key: 'runtime_dir',
    message: `cannot listen on ${socket}: the path has ${length} bytes and the kernel takes ${MAX_SOCKET_PATH}`,
    hint: 'set runtime_dir to a shorter path, e.g. /run/tsvisor/NAME',
  };
};

/** Everything that follows from where a plan runs. */
export const runtimeOf = (plan: Plan, env: NodeJS.ProcessEnv = process.env): Runtime => {
  const dir = runtimeDirFor(plan, env);
  const socket = controlSocket(dir);
  return { dir, socket, instance: instanceOf(dir), problem: socketProblem(plan, socket) };
};
