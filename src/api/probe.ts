// What is at this socket path: nothing, a stale file, somebody who answers, or something that is not ours to touch?

import { lstatSync } from 'node:fs';
import { connect } from 'node:net';
import { errnoOf } from '../model/errors.ts';

export type Found = 'free' | 'stale' | 'answers' | 'hangs' | 'no-socket' | 'denied';

/** A live server answers /healthz within this; a stopped or hung one still accepts connections. Milliseconds. */
const ANSWER_MS = 1000;

const REQUEST = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';

const FOUND_BY_ERRNO: Readonly<Record<string, Found>> = {
  ENOENT: 'free',
  ECONNREFUSED: 'stale',
  // The backlog of a server that accepts nothing is full.
  EAGAIN: 'hangs',
  EACCES: 'denied',
  EPERM: 'denied',
};

/** Connects and asks: a file alone proves nothing, and neither does an accepted connection. */
const knock = (path: string): Promise<Found> =>
  new Promise((resolve) => {
    const socket = connect(path);
    const settle = (found: Found): void => {
      socket.destroy();
      resolve(found);
    };
    socket.setTimeout(ANSWER_MS, () => settle('hangs'));
    socket.on('connect', () => socket.write(REQUEST));
    socket.on('data', () => settle('answers'));
    // Somebody accepted and closed: alive, whatever it is.
    socket.on('end', () => settle('answers'));
    socket.on('error', (error) => settle(FOUND_BY_ERRNO[errnoOf(error)] ?? 'answers'));
  });

export const probe = async (path: string): Promise<Found> => {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 'free';
  return stat.isSocket() ? knock(path) : 'no-socket';
};
