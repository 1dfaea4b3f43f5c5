// How does one unix socket stay reachable, even when somebody deletes its file?

import { unlinkSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { bind, isStillThere, type FileIdentity, type Place } from './bind.ts';

const MAX_CONNECTIONS = 256;
const MAX_HEADER_BYTES = 16 * 1024;
/** Milliseconds a client has to send its headers, and its whole request. */
const HEADERS_MS = 10_000;
const REQUEST_MS = 30_000;
/** At the end, replies that are under way have this long before their connections are cut. */
const LAST_REPLIES_MS = 1000;

export interface Listener {
  readonly path: string;
  /** False when the socket file is gone or another one stands in its place. */
  present(): boolean;
  /** Makes the file anew; open connections go on. Throws SOCKET_PATH when the path is taken. */
  reopen(): Promise<void>;
  /** Stops listening, removes the file if it is still ours, ends idle connections. */
  close(): Promise<void>;
}

export interface Serving {
  readonly answer: RequestListener;
  /** Told when the system refuses a connection, for example for want of file descriptors; listening goes on. */
  readonly trouble: (error: Error) => void;
}

const createHttp = ({ answer }: Serving): Server => {
  const server = createServer(
    { maxHeaderSize: MAX_HEADER_BYTES, headersTimeout: HEADERS_MS, requestTimeout: REQUEST_MS },
    answer,
  );
  server.maxConnections = MAX_CONNECTIONS;
  return server;
};

/** Only after bind(), which gives the errors of listening their own words. */
const watched = (server: Server, { trouble }: Serving): Server => server.on('error', trouble);

/** Resolves when the last connection has ended. */
const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });

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
    const server = this.#server;
    setTimeout(() => server.closeAllConnections(), LAST_REPLIES_MS).unref();
    return closed(server);
  }
}

export const openListener = async (place: Place, serving: Serving): Promise<Listener> => {
  const server = createHttp(serving);
  const file = await bind(server, place);
  return new UnixListener(place, serving, { server: watched(server, serving), file });
};
