// Who hears what happens while it happens? Clients of server-sent events: one text for all of them, and a bound for each.

import type { ServerResponse } from 'node:http';
import type { Event } from '../model/event.ts';
import type { Self } from './method.ts';
import { sendStatus } from './send.ts';

export type Subscribe = (hear: (event: Event) => void) => () => void;

const MOST_CLIENTS = 64;
/** Bytes that a client may be behind: some thousand events. */
const MOST_BEHIND = 1024 * 1024;
/** Milliseconds: silence is broken this often, so that a connection that is dead is noticed. */
const BEAT_MS = 15_000;
/** Milliseconds in which a client that was too slow may still read what it was sent. */
const LAST_READ_MS = 5000;

const message = (event: string, data: unknown): string =>
  `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

/** Null: all types of events. */
type Wanted = ReadonlySet<string> | null;

export interface AudienceOptions {
  readonly subscribe: Subscribe;
  readonly self: Self;
}

export class Audience {
  readonly #self: Self;
  readonly #clients = new Map<ServerResponse, Wanted>();
  readonly #unsubscribe: () => void;
  #beat: NodeJS.Timeout | null = null;
  /** Events of this life of the supervisor: a client that comes back sees how many it has missed. */
  #seq = 0;

  constructor({ subscribe, self }: AudienceOptions) {
    this.#self = self;
    this.#unsubscribe = subscribe((event) => this.#hear(event));
  }

  join(response: ServerResponse, wanted: Wanted): void {
    if (this.#clients.size >= MOST_CLIENTS) return sendStatus(response, 503);
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    const { version, identifier, pid } = this.#self;
    // `pid` is the guardian's where there is one: only this one changes from life to life.
    const hello = { seq: this.#seq, version, identifier, pid, supervisor: process.pid };
    response.write(`retry: 2000\n${message('hello', hello)}`);
    this.#clients.set(response, wanted);
    response.once('close', () => this.#leave(response));
    this.#beat ??= setInterval(() => this.#send(() => ':\n\n'), BEAT_MS).unref();
  }

  /** Ends all streams: they must not hold up a supervisor that ends. */
  close(): void {
    this.#unsubscribe();
    for (const client of this.#clients.keys()) {
      this.#leave(client);
      client.end();
    }
  }

  #leave(client: ServerResponse): void {
    this.#clients.delete(client);
    if (this.#clients.size > 0 || this.#beat === null) return;
    clearInterval(this.#beat);
    this.#beat = null;
  }

  #hear(event: Event): void {
    this.#seq += 1;
    if (this.#clients.size === 0) return;
    const { type } = event;
    const text = `id: ${this.#seq}\n${message(type, { seq: this.#seq, at: Date.now(), ...event })}`;
    this.#send((wanted) => (wanted === null || wanted.has(type) ? text : ''));
  }

  #send(textFor: (wanted: Wanted) => string): void {
    for (const [client, wanted] of this.#clients) {
      const text = textFor(wanted);
      if (text === '') continue;
      if (client.writableLength > MOST_BEHIND) this.#drop(client);
      else client.write(text);
    }
  }

  /** The marker stands behind everything that the client has not read yet. */
  #drop(client: ServerResponse): void {
    this.#leave(client);
    client.end(message('dropped', { seq: this.#seq, reason: 'this client reads too slowly' }));
    setTimeout(() => client.destroy(), LAST_READ_MS).unref();
  }
}

/** Types as a list with commas; absent or empty: all. */
export const wantedIn = (query: URLSearchParams): Wanted => {
  const types = (query.get('types') ?? '').split(',').filter((type) => type !== '');
  return types.length === 0 ? null : new Set(types);
};
