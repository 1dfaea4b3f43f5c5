// Through which sockets can the supervisor be asked? One set of answers behind any number of unix sockets.

import type { Ask } from '../model/command.ts';
import { answers, type Answering } from './answer.ts';
import type { Credentials } from './auth.ts';
import { openListener, type Listener } from './listener.ts';

export type { Listener } from './listener.ts';

export interface SocketRequest {
  /** Absolute, at most 107 bytes. */
  readonly path: string;
  readonly mode?: number;
  readonly owner?: { readonly uid: number; readonly gid: number } | null;
  readonly credentials?: Credentials | null;
}

export interface ApiOptions {
  readonly ask: Ask;
  /** Told of every failure inside tsvisor that a request met; the client has got status 500. */
  readonly bug: (error: unknown, request: string) => void;
}

export interface Api {
  /** Refuses with SOCKET_PATH when the path is too long, taken, or not to be had. */
  listen(socket: SocketRequest): Promise<Listener>;
  /** Makes every socket file anew that has vanished; to be called about once a second. Answers what could not be. */
  restore(): Promise<readonly RestoreFailure[]>;
  /** Closes all sockets and removes their files. */
  close(): Promise<void>;
}

interface RestoreFailure {
  readonly path: string;
  readonly error: unknown;
}

const restoreOne = async (listener: Listener): Promise<readonly RestoreFailure[]> => {
  try {
    await listener.reopen();
    return [];
  } catch (error) {
    return [{ path: listener.path, error }];
  }
};

/** node:crypto is loaded only where a password is asked for. */
const gate = async (credentials: Credentials | null): Promise<Answering['admits']> => {
  if (credentials === null) return null;
  const { admits } = await import('./auth.ts');
  return (authorization) => admits(credentials, authorization);
};

export const createApi = ({ ask, bug }: ApiOptions): Api => {
  const listeners: Listener[] = [];
  return {
    async listen({ path, mode = 0o700, owner = null, credentials = null }) {
      const listener = await openListener(
        { path, mode, owner },
        {
          answer: answers({ ask, bug, admits: await gate(credentials) }),
          trouble: (error) => bug(error, `a connection to ${path}`),
        },
      );
      listeners.push(listener);
      return listener;
    },
    async restore() {
      const missing = listeners.filter((listener) => !listener.present());
      return (await Promise.all(missing.map(restoreOne))).flat();
    },
    async close() {
      await Promise.all(listeners.splice(0).map((listener) => listener.close()));
    },
  };
};
