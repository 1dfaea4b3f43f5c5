// What has changed since a page was made? Rows that differ are sent to all open pages, and nothing is looked at while there are none.

import type { ServerResponse } from 'node:http';
import type { Event } from '../model/event.ts';
import { isOom } from '../model/verdict.ts';
import type { Outlook } from './outlook.ts';
import { hasLines, keyOf, processRow } from './rows.ts';

/** Milliseconds: events of a burst are told together; samples are looked at this often; silence is broken this often. */
const GATHER_MS = 150;
const SAMPLE_MS = 5000;
const BEAT_MS = 25_000;
/** Open pages; and bytes that one may be behind before it is cut off. */
const MOST_CLIENTS = 100;
const MOST_BEHIND = 1024 * 1024;

interface Shown {
  readonly text: string;
  readonly version: number;
}

const isIncident = (event: Event): boolean =>
  (event.type === 'died' && isOom(event.death.verdict)) ||
  (event.type === 'member-killed' && isOom(event.verdict));

const message = (event: string, data: unknown): string =>
  `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

export class Live {
  readonly #outlook: Outlook;
  readonly #readOnly: boolean;
  readonly #clients = new Set<ServerResponse>();
  #shown = new Map<string, Shown>();
  #version = Date.now();
  #stop: (() => void) | null = null;
  #gathering: NodeJS.Timeout | null = null;
  #incident = false;

  constructor(outlook: Outlook, readOnly: boolean) {
    this.#outlook = outlook;
    this.#readOnly = readOnly;
  }

  /** What a page that is made now knows. */
  get version(): number {
    this.#publish();
    return this.#version;
  }

  /** False when too many pages are open. */
  join(response: ServerResponse, since: number): boolean {
    if (this.#clients.size >= MOST_CLIENTS) return false;
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    const { started } = this.#outlook.about();
    response.write(`retry: 2000\n${message('hello', { life: started, now: Date.now() })}`);
    this.#publish();
    const missed = [...this.#shown].filter(([, { version }]) => version > since);
    if (missed.length > 0)
      response.write(
        message(
          'rows',
          missed.map(([key, { text }]) => [key, text]),
        ),
      );
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
    const unsubscribe = this.#outlook.subscribe((event) => this.#hear(event));
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
    this.#outlook.look().then(() => this.#tell(), this.#outlook.onBug);
  }

  #tell(): void {
    this.#gathering = null;
    this.#publish();
    if (this.#incident) this.#send(message('oom', {}));
    this.#incident = false;
  }

  /** Whoever makes this look, all open pages hear what it found. */
  #publish(): void {
    const { rows, list } = this.#update();
    if (list) this.#send(message('list', {}));
    if (rows.length > 0) this.#send(message('rows', rows));
  }

  #send(text: string): void {
    for (const client of this.#clients) {
      if (client.writableLength > MOST_BEHIND) client.destroy();
      else client.write(text);
    }
  }

  /** Rows that differ from what was shown last, and whether processes came or went. */
  #update(): { readonly rows: readonly (readonly [string, string])[]; readonly list: boolean } {
    const before = this.#shown;
    const now = new Map<string, Shown>();
    const rows: [string, string][] = [];
    const version = this.#version + 1;
    const statuses = this.#outlook.statuses();
    const lines = hasLines(statuses.length);
    for (const status of statuses) {
      const key = keyOf(status);
      const view = { history: this.#outlook.history(key), readOnly: this.#readOnly, lines, uptime: false };
      const { html: text } = processRow(status, view);
      const known = before.get(key);
      now.set(key, known?.text === text ? known : { text, version });
      if (known?.text !== text) rows.push([key, text]);
    }
    const list = before.size !== now.size || [...before.keys()].some((key) => !now.has(key));
    if (rows.length > 0 || list) this.#version = version;
    this.#shown = now;
    return { rows, list };
  }
}
