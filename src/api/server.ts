// Through which sockets can the supervisor be asked? One set of answers behind any number of unix sockets and TCP ports.

import type { RequestListener } from 'node:http';
import type { Ask } from '../model/command.ts';
import { answers, type Answering, type Pages } from './answer.ts';
import type { Follow } from './answer-log.ts';
import { Audience, type Subscribe } from './audience.ts';
import type { Credentials } from './auth.ts';
import { takesHost } from './hosts.ts';
import type { Serving } from './http.ts';
import type { Denied, Ordered } from './caller.ts';
import { openListener, type Listener } from './listener.ts';
import type { Self } from './method.ts';
import type { Port } from './tcp.ts';

/** What both kinds of sockets can ask for. */
interface Access {
  readonly credentials?: Credentials | null;
  /** Whether XML-RPC has the namespace `supervisor` there; true when absent. */
  readonly supervisor?: boolean;
  /** Every order is refused there; false when absent. */
  readonly readOnly?: boolean;
}

export interface SocketRequest extends Access {
  /** Absolute, at most 107 bytes. */
  readonly path: string;
  readonly mode?: number;
  readonly owner?: { readonly uid: number; readonly gid: number } | null;
}

export interface PortRequest extends Access {
  readonly host: string;
  readonly port: number;
  /** Of the config, for refusals. */
  readonly section: string;
  /** Everybody may come in, from everywhere. */
  readonly insecure: boolean;
  /** Names it may be called by where it asks for no password, beside its own and those of the machine; `*` for any. */
  readonly allowedHosts?: readonly string[];
}

export interface ApiOptions {
  readonly ask: Ask;
  readonly self: Self;
  readonly follow: Follow;
  readonly ordered?: Ordered;
  readonly denied?: Denied;
  /** What the stream of events tells; absent: there is none. */
  readonly subscribe?: Subscribe;
  /** What is shown at paths that are none of the API's. */
  readonly pages?: Pages;
  /** Told of every failure inside tsvisor that a request met; the client has got status 500. */
  readonly bug: (error: unknown, request: string) => void;
}

export interface Api {
  /** Refuses with SOCKET_PATH when the path is too long, taken, or not to be had. */
  listen(socket: SocketRequest): Promise<Listener>;
  /**
   * Refuses with SOCKET_PATH when the port is taken, or with INSECURE_SERVER when anybody could come in from outside. A port that was taken is tried again by
   * `restore`.
   */
  listenTcp(port: PortRequest): Promise<Listener>;
  /** Whether every socket file is there and every port is open: cheap, and true nearly always. */
  present(): boolean;
  /**
   * Makes every socket file anew that has vanished, and tries ports again that could not be had; to be called every few seconds. Answers what could not be,
   * each failure once.
   */
  restore(): Promise<readonly RestoreFailure[]>;
  /** Closes all sockets and removes their files. */
  close(): Promise<void>;
}

interface RestoreFailure {
  readonly path: string;
  readonly error: unknown;
}

/** node:crypto is loaded only where a password is asked for. */
const gate = async (credentials: Credentials | null): Promise<Answering['admits']> => {
  if (credentials === null) return null;
  const { admits } = await import('./auth.ts');
  return (authorization) => admits(credentials, authorization);
};

class Listeners implements Api {
  readonly #options: ApiOptions;
  readonly #audience: Audience | null;
  readonly #listeners: Listener[] = [];
  /** By path: the last failure that was told. */
  readonly #told = new Map<string, string>();

  constructor(options: ApiOptions) {
    this.#options = options;
    const { subscribe, self } = options;
    this.#audience = subscribe === undefined ? null : new Audience({ subscribe, self });
  }

  async listen({ path, mode = 0o700, owner = null, ...access }: SocketRequest): Promise<Listener> {
    const listener = await openListener({ path, mode, owner }, await this.#serving(path, access));
    this.#listeners.push(listener);
    return listener;
  }

  async listenTcp(request: PortRequest): Promise<Listener> {
    const { host, port, section, insecure, allowedHosts = [], ...access } = request;
    const hasPassword = (access.credentials ?? null) !== null;
    const { createTcpListener } = await import('./tcp.ts');
    const place: Port = { host, port, section, guarded: insecure || hasPassword };
    const hosts = hasPassword ? null : takesHost([host, ...allowedHosts]);
    const serving = await this.#serving(`${host}:${port}`, { ...access, hosts });
    const listener = createTcpListener(place, serving);
    this.#listeners.push(listener);
    const failure = await this.#reopen(listener);
    if (failure !== null) throw failure.error;
    return listener;
  }

  present(): boolean {
    return this.#listeners.every((listener) => listener.present());
  }

  async restore(): Promise<readonly RestoreFailure[]> {
    const missing = this.#listeners.filter((listener) => !listener.present());
    const failures = await Promise.all(missing.map((listener) => this.#reopen(listener)));
    return failures.filter((failure) => failure !== null);
  }

  async close(): Promise<void> {
    this.#audience?.close();
    await Promise.all(this.#listeners.splice(0).map((listener) => listener.close()));
  }

  /** Null when it listens, or when this very failure has been told. */
  async #reopen(listener: Listener): Promise<RestoreFailure | null> {
    try {
      await listener.reopen();
      this.#told.delete(listener.path);
      return null;
    } catch (error) {
      if (this.#told.get(listener.path) === String(error)) return null;
      this.#told.set(listener.path, String(error));
      return { path: listener.path, error };
    }
  }

  async #serving(
    name: string,
    access: Access & { readonly hosts?: Answering['takesHost'] },
  ): Promise<Serving> {
    const { credentials = null, supervisor = true, readOnly = false, hosts = null } = access;
    const { bug, ask, self, follow, pages, ordered, denied } = this.#options;
    const answer: RequestListener = answers({
      ask,
      self,
      follow,
      bug,
      door: name,
      supervisor,
      readOnly,
      takesHost: hosts,
      admits: await gate(credentials),
      ...(ordered !== undefined && { ordered }),
      ...(denied !== undefined && { denied }),
      ...(pages !== undefined && { pages }),
      ...(this.#audience !== null && { audience: this.#audience }),
    });
    return { answer, trouble: (error) => bug(error, `a connection to ${name}`) };
  }
}

export const createApi = (options: ApiOptions): Api => new Listeners(options);
