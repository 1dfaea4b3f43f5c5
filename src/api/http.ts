// Within which bounds does a server speak HTTP, whatever its sockets are?

import { createServer, type RequestListener, type Server } from 'node:http';
import type { Socket } from 'node:net';

const MAX_CONNECTIONS = 512;
/** From here on the idle ones are closed when another comes, and the oldest that has not asked for anything yet. */
const CROWDED = 256;
/** Requests that one connection may send ahead, while the answer to the one before is not read yet. */
const MAX_AHEAD = 16;
const MAX_HEADER_BYTES = 16 * 1024;
/** Milliseconds a client has to send its headers, and its whole request. */
const HEADERS_MS = 10_000;
const REQUEST_MS = 30_000;
/** supervisord's half an hour: its clients keep a connection and do not expect it to be gone. */
const IDLE_MS = 1_800_000;
/** A client that is silent for this long is asked by the kernel whether it is there: whoever follows a log never says a word. */
const SILENCE_MS = 120_000;
/** Node looks at the times above only so often; its half of this is a wake-up more while nothing happens. */
const CHECKING_MS = 60_000;
/** At the end, replies that are under way have this long before their connections are cut. */
const LAST_REPLIES_MS = 1000;

export interface Serving {
  readonly answer: RequestListener;
  /** Told when the system refuses a connection, for example for want of file descriptors; listening goes on. */
  readonly trouble: (error: Error) => void;
}

/**
 * The requests of one connection are answered one after the other. Node would begin with all of them at once and hold every answer until the one before is
 * read: thousands of short questions in one packet would be as many long answers in memory.
 */
const inTurn = (answer: RequestListener): RequestListener => {
  const ahead = new WeakMap<Socket, (() => void)[]>();
  return (request, response) => {
    const { socket } = request;
    const begin = (): void => {
      response.once('close', () => {
        const next = socket.destroyed ? undefined : ahead.get(socket)?.shift();
        if (next === undefined) ahead.delete(socket);
        else next();
      });
      answer(request, response);
    };
    const waiting = ahead.get(socket);
    if (waiting === undefined) {
      ahead.set(socket, []);
      begin();
    } else if (waiting.length < MAX_AHEAD) waiting.push(begin);
    else socket.destroy();
  };
};

/** Many that never finish their first question must not keep out one that does. */
const watchCrowd = (server: Server): void => {
  let open = 0;
  const silent = new Set<Socket>();
  server.on('request', ({ socket }) => silent.delete(socket));
  server.on('connection', (socket) => {
    open += 1;
    socket.once('close', () => {
      open -= 1;
      silent.delete(socket);
    });
    if (open > CROWDED) {
      server.closeIdleConnections();
      const [oldest] = silent;
      oldest?.destroy();
    }
    silent.add(socket);
  });
};

export const createHttp = ({ answer }: Serving): Server => {
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: HEADERS_MS,
      requestTimeout: REQUEST_MS,
      keepAliveTimeout: IDLE_MS,
      connectionsCheckingInterval: CHECKING_MS,
      keepAlive: true,
      keepAliveInitialDelay: SILENCE_MS,
      // Small clients written for supervisord send none; browsers always do, and it is judged there.
      requireHostHeader: false,
    },
    inTurn(answer),
  );
  server.maxConnections = MAX_CONNECTIONS;
  watchCrowd(server);
  return server;
};

/** Only after it listens: the errors of that have their own words. */
export const watched = (server: Server, { trouble }: Serving): Server => server.on('error', trouble);

/** Listens no more; resolves when the last connection has ended. */
export const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });

/** The same, and what is still under way after a second is cut. */
export const closedSoon = (server: Server): Promise<void> => {
  setTimeout(() => server.closeAllConnections(), LAST_REPLIES_MS).unref();
  return closed(server);
};
