// How does one unix socket stay reachable, even when somebody deletes its file?

import { unlinkSync } from 'node:fs';
import type { Server } from 'node:http';
import { bind, isStillThere, type FileIdentity, type Place } from './bind.ts';
import { closed, closedSoon, createHttp, watched, type Serving } from './http.ts';

export interface Listener {
  /** Path of the socket, or `host:port`. */
  readonly path: string;
  /** False when the socket file is gone or another one stands in its place, or when the port could not be had. */
  present(): boolean;
  /** Listens anew; open connections go on. Refuses with SOCKET_PATH when the path or port is taken. */
  reopen(): Promise<void>;
  /** Stops listening, removes the file if it is still ours, ends idle connections. */
  close(): Promise<void>;
}

class UnixListener implements Listener {
  readonly #place: Place;
  readonly #serving: Serving;
  #server: Server;
  #file: FileIdentity;
  #reopening: Promise<void> | null = null;
  #closed = false;

  constructor(place: Place, serving: Serving, bound: { server: Server; file: FileIdentity }) {
    this.#place = place;
    this.#serving = serving;
    this.#server = bound.server;
    this.#file = bound.file;
  }

  get path(): string {
    return this.#place.path;
  }

  present(): boolean {
    return isStillThere(this.path, this.#file);
  }

  reopen(): Promise<void> {
    this.#reopening ??= this.#replace().finally(() => {
      this.#reopening = null;
    });
    return this.#reopening;
  }

  async #replace(): Promise<void> {
    if (this.#closed || this.present()) return;
    const server = createHttp(this.#serving);
    const file = await bind(server, this.#place);
    const old = this.#server;
    this.#server = watched(server, this.#serving);
    this.#file = file;
    void closed(old);
    if (this.#closed) await this.#end();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#end();
  }

  #end(): Promise<void> {
    if (this.present()) unlinkSync(this.path);
    return closedSoon(this.#server);
  }
}

export const openListener = async (place: Place, serving: Serving): Promise<Listener> => {
  const server = createHttp(serving);
  const file = await bind(server, place);
  return new UnixListener(place, serving, { server: watched(server, serving), file });
};
