// How do programs get one listening socket that outlives each of them? A small process keeps it: Node would accept from it.

import { errorText } from '../model/errors.ts';
import { spawn } from 'node:child_process';
import { lookup } from 'node:dns/promises';
import { lstatSync, rmSync } from 'node:fs';
import { connect, Socket } from 'node:net';
import { constants } from 'node:os';
import { getSystemErrorMap } from 'node:util';
import type { SharedSocketPlan } from '../model/plan.ts';

export interface SharedSocket {
  /** False: its keeper has died, and the socket with it. */
  readonly isOpen: boolean;
  /** Programs that have it keep it; the file of a unix socket goes. */
  close(): void;
}

export interface SharedSocketOptions {
  /** Path of the guardian binary. */
  readonly guardian: string;
  /** Path of the unix socket at which programs fetch it. */
  readonly hatch: string;
  readonly plan: SharedSocketPlan;
}

/** The kernel lowers it to net.core.somaxconn. */
const BACKLOG = 4096;

interface Place {
  /** What the guardian wants: family, address, port. */
  readonly words: readonly [string, string, string];
  /** Null for TCP. */
  readonly path: string | null;
}

const UNIX = 'unix://';

const reasonOf = (errno: number): string => getSystemErrorMap().get(-errno)?.[1] ?? `errno ${errno}`;

const placeOf = async (url: string): Promise<Place | string> => {
  if (url.startsWith(UNIX)) {
    const path = url.slice(UNIX.length);
    return { words: ['u', path, '0'], path };
  }
  const colon = url.lastIndexOf(':');
  const host = url.slice('tcp://'.length, colon).replace(/^\[(.*)\]$/, '$1');
  try {
    const { address, family } = await lookup(host);
    return { words: [String(family), address, url.slice(colon + 1)], path: null };
  } catch (error) {
    return `host ${host} is not known (${errorText(error)}); correct its name`;
  }
};

const isListening = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ path });
    const settle = (listening: boolean): void => {
      socket.destroy();
      resolve(listening);
    };
    socket.once('connect', () => settle(true));
    // Refused: nobody is behind the file any more.
    socket.once('error', (error: NodeJS.ErrnoException) => settle(error.code !== 'ECONNREFUSED'));
  });

/** Removes the file of a socket whose server is gone, and nothing else; says what stands in the way. */
const clearPath = async (path: string): Promise<string | null> => {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return null;
  if (!found.isSocket()) return 'a file that is no socket is in its place; move it away';
  if (await isListening(path))
    return 'another server listens on it; stop that server, or choose another path';
  rmSync(path, { force: true });
  return null;
};

const CURES: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another server has that address: `ss -lntp` shows it',
  EACCES: 'run tsvisor as a user that may',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOENT: 'make the directory',
  ENAMETOOLONG: 'choose a shorter runtime_dir or name of the group',
};

const explain = (said: string): string => {
  const [stage = '', errno = '0'] = said.trim().split(' ');
  const number = Number(errno);
  const name = Object.entries(constants.errno).find(([, value]) => value === number)?.[0] ?? '';
  const cure = CURES[name];
  const what = stage === 'own' ? 'its owner and mode cannot be set: ' : '';
  return `${what}${reasonOf(number)}${name === '' ? '' : ` (${name})`}${cure === undefined ? '' : `; ${cure}`}`;
};

const argumentsOf = ({ hatch, plan }: SharedSocketOptions, { words }: Place): readonly string[] => [
  'share',
  hatch,
  String(process.pid),
  String(plan.backlog ?? BACKLOG),
  (plan.mode ?? 0o700).toString(8),
  String(plan.owner?.uid ?? -1),
  String(plan.owner?.gid ?? -1),
  ...words,
];

const keep = (options: SharedSocketOptions, place: Place): Promise<SharedSocket | string> =>
  new Promise((resolve) => {
    const keeper = spawn(options.guardian, [...argumentsOf(options, place)], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    });
    keeper.once('error', (error) => resolve(`the guardian cannot be run (${error.message})`));
    let said = '';
    const status = keeper.stdio[3];
    if (!(status instanceof Socket)) return;
    status.on('data', (bytes) => (said += bytes.toString('latin1')));
    status.once('close', () => {
      if (said !== 'listening\n') resolve(explain(said));
      else
        resolve({
          get isOpen() {
            return keeper.exitCode === null && keeper.signalCode === null;
          },
          close() {
            keeper.kill('SIGKILL');
            rmSync(options.hatch, { force: true });
            if (place.path !== null) rmSync(place.path, { force: true });
          },
        });
    });
  });

/** A string says why it cannot be had, as the end of `cannot open socket URL: ...`. */
export const openSharedSocket = async (options: SharedSocketOptions): Promise<SharedSocket | string> => {
  const place = await placeOf(options.plan.url);
  if (typeof place === 'string') return place;
  const obstacle = place.path === null ? null : await clearPath(place.path);
  return obstacle ?? keep(options, place);
};
