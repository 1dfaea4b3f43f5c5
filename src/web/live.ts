// What has changed since a page was made? Rows that differ are sent to all open pages, and nothing is looked at while there are none.

import type { ServerResponse } from 'node:http';
import type { Event } from '../model/event.ts';
import { isOom } from '../model/verdict.ts';
import type { Backend } from './backend.ts';
import { RowCache, type Row, type RowUpdate } from './row-cache.ts';

/** Milliseconds: events of a burst are told together; samples are looked at this often; silence is broken this often. */
const GATHER_MS = 150;
const SAMPLE_MS = 5000;
const BEAT_MS = 25_000;
/** Open pages; and bytes that one may be behind before it is cut off. */
const MOST_CLIENTS = 100;
const MOST_BEHIND = 1024 * 1024;

const isIncident = (event: Event): boolean =>
  (event.type === 'died' && isOom(event.death.verdict)) ||
  (event.type === 'member-killed' && isOom(event.verdict));

/** The script fills the uptime in. */
const sent = (rows: readonly Row[]): readonly (readonly [string, string])[] =>
  rows.map(({ key, head, tail }) => [key, head + tail]);

const message = (event: string, data: unknown): string =>
  `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

export class Live {
  readonly #backend: Backend;
  readonly #rows: RowCache;
  readonly #clients = new Set<ServerResponse>();
  #stop: (() => void) | null = null;
  #gathering: NodeJS.Timeout | null = null;
  #incident = false;

  constructor(backend: Backend, readOnly: boolean) {
    this.#backend = backend;
    this.#rows = new RowCache(backend, readOnly);
  }

  /** Whoever makes this look, all open pages hear what it found. */
  publish(): RowUpdate {
    const update = this.#rows.update();
    if (update.moved) this.#send(message('list', {}));
    if (update.changed.length > 0) this.#send(message('rows', sent(update.changed)));
    return update;
  }

  /** False when too many pages are open. */
  join(response: ServerResponse, since: number): boolean {
    if (this.#clients.size >= MOST_CLIENTS) return false;
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    const { started } = this.#backend.about();
    response.write(`retry: 2000\n${message('hello', { life: started, now: Date.now() })}`);
    const missed = this.publish().rows.filter(({ version }) => version > since);
    if (missed.length > 0) response.write(message('rows', sent(missed)));
    this.#clients.add(response);
    response.once('close', () => this.#leave(response));
    if (this.#stop === null) this.#begin();
    return true;
  }

  #leave(response: ServerResponse): void {
    this.#clients.delete(response);
    if (this.#clients.size > 0) return;
    this.#stop?.();
    this.#stop = null;
  }

  #begin(): void {
    const unsubscribe = this.#backend.subscribe((event) => this.#hear(event));
    const sample = setInterval(() => this.#sample(), SAMPLE_MS);
    const beat = setInterval(() => this.#send(':\n\n'), BEAT_MS);
    this.#stop = () => {
      unsubscribe();
      clearInterval(sample);
      clearInterval(beat);
      if (this.#gathering !== null) clearTimeout(this.#gathering);
      this.#gathering = null;
    };
  }

  #hear(event: Event): void {
    if (event.type === 'mood') this.#part();
    if (isIncident(event)) this.#incident = true;
    this.#gathering ??= setTimeout(() => this.#tell(), GATHER_MS);
  }

  /** The supervisor ends: open pages must not hold it up. */
  #part(): void {
    for (const client of this.#clients) client.end();
  }

  #sample(): void {
    this.#backend.look().then(() => this.#tell(), this.#backend.onBug);
  }

  #tell(): void {
    this.#gathering = null;
    this.publish();
    if (this.#incident) this.#send(message('oom', {}));
    this.#incident = false;
  }

  #send(text: string): void {
    for (const client of this.#clients) {
      if (client.writableLength > MOST_BEHIND) client.destroy();
      else client.write(text);
    }
  }
}
