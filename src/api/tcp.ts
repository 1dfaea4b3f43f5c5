// How does a TCP port become a listener, and when is it better not to?

import { lookup } from 'node:dns/promises';
import type { Server } from 'node:http';
import { isIP } from 'node:net';
import { errnoOf, errorText, TsvisorError } from '../model/errors.ts';
import { closedSoon, createHttp, watched, type Serving } from './http.ts';
import type { Listener } from './listener.ts';

export interface Port {
  /** A name, an address, or empty for every interface. */
  readonly host: string;
  readonly port: number;
  /** Of the config, for refusals. */
  readonly section: string;
  /** Clients need a password, or the config says in so many words that they need none. */
  readonly guarded: boolean;
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program is already listening there',
  EACCES: 'permission denied; ports below 1024 need root or CAP_NET_BIND_SERVICE',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'there is no host of that name',
};

const labelOf = ({ host, port }: Port): string => `${host === '' ? '*' : host}:${port}`;

const refusal = (place: Port, error: unknown): TsvisorError => {
  const reason = REASONS[errnoOf(error)] ?? errorText(error);
  const cure = 'choose another port in the config, or end the program that has it (`ss -ltnp` shows it)';
  return new TsvisorError('SOCKET_PATH', { socket: labelOf(place), reason, cure });
};

/** IPv4 for names, as in supervisord. */
const addressOf = async ({ host }: Port): Promise<string> => {
  if (host === '') return '0.0.0.0';
  return isIP(host) === 0 ? (await lookup(host, { family: 4 })).address : host;
};

const isLoopback = (address: string): boolean => address.startsWith('127.') || address === '::1';

const listen = (server: Server, address: string, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: address, port, backlog: 511 }, () => {
      server.off('error', reject);
      resolve();
    });
  });

class TcpListener implements Listener {
  readonly path: string;
  readonly #place: Port;
  readonly #serving: Serving;
  #server: Server | null = null;
  #closed = false;

  constructor(place: Port, serving: Serving) {
    this.path = labelOf(place);
    this.#place = place;
    this.#serving = serving;
  }

  present(): boolean {
    return this.#server !== null;
  }

  async reopen(): Promise<void> {
    if (this.#closed || this.present()) return;
    const server = createHttp(this.#serving);
    try {
      const address = await addressOf(this.#place);
      if (!this.#place.guarded && !isLoopback(address))
        throw new TsvisorError('INSECURE_SERVER', { address: this.path, section: this.#place.section });
      await listen(server, address, this.#place.port);
    } catch (error) {
      throw error instanceof TsvisorError ? error : refusal(this.#place, error);
    }
    this.#server = watched(server, this.#serving);
    if (this.#closed) await closedSoon(server);
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#server !== null) await closedSoon(this.#server);
  }
}

/** Not listening yet: `reopen` does that, and does it again after a refusal. */
export const createTcpListener = (place: Port, serving: Serving): Listener => new TcpListener(place, serving);
