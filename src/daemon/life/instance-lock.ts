// Is there only one supervisor of this instance? The guardian holds the lock; without one we hold it ourselves.

import { createServer, type Server } from 'node:net';

/** Held until closed or until we die. Null when somebody else holds it. */
export const takeLock = (name: string): Promise<Server | null> =>
  new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', () => resolve(null));
    server.listen(`\0${name}`, () => resolve(server.unref()));
  });
