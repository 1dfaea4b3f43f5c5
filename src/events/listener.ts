// One process of a pool: may it be sent an event, and which one is it at work on?

import type { ProcessName } from '../model/event.ts';
import type { State } from '../model/state.ts';
import { Dialogue } from './dialogue.ts';
import type { Posted } from './envelope.ts';
import { textOf } from './text.ts';

/** supervisord's levels, as far as events speak. */
export type Say = (level: 'debug' | 'warn' | 'error', text: string, process: ProcessName | null) => void;

/** A process's stdin. */
export interface Inlet {
  /** Never blocks; what does not fit now follows by itself. 'gone': nobody reads there. */
  send(bytes: Buffer): 'sent' | 'gone';
  /** Forgets what has not been sent yet: the process has ended. */
  clear(): void;
}

/** An event in the queue of a pool. */
export interface Queued extends Posted {
  readonly poolSerial: number;
}

export interface ListenerParts {
  readonly process: ProcessName;
  readonly inlet: Inlet;
  readonly say: Say;
  /** The listener takes events now. */
  readonly ready: () => void;
  /** The event is to be sent again. */
  readonly rejected: (event: Queued) => void;
}

const ENDED: ReadonlySet<State> = new Set<State>(['STOPPED', 'EXITED', 'BACKOFF', 'FATAL', 'UNKNOWN']);

const breach = (name: string): string =>
  `${name}: has entered the UNKNOWN state and will no longer receive events, this usually indicates the process violated the eventlistener protocol`;

export class Listener {
  readonly #parts: ListenerParts;
  readonly #dialogue: Dialogue;
  #running = false;
  #event: Queued | null = null;
  /** Serial of the event that it rejected last: it may get that one thousands of times a second. */
  #rejected = -1;

  constructor(parts: ListenerParts) {
    this.#parts = parts;
    this.#dialogue = new Dialogue({
      ready: () => parts.ready(),
      result: (payload) => this.#judge(payload),
      badResult: (line) => {
        this.#say('warn', `bad result line: '${textOf(line)}'`);
        this.#reject();
      },
      changed: (from, to) => {
        this.#say('debug', `${from} -> ${to}`);
        if (to === 'UNKNOWN') parts.say('warn', breach(parts.process.name), parts.process);
      },
    });
  }

  get name(): string {
    return this.#parts.process.name;
  }

  get takesEvents(): boolean {
    return this.#running && this.#dialogue.state === 'READY';
  }

  /** What it wrote to stdout. */
  hear(bytes: Uint8Array): void {
    this.#dialogue.hear(bytes);
  }

  enter(state: State): void {
    this.#running = state === 'RUNNING';
    if (state === 'STARTING') this.#dialogue.reset();
    if (ENDED.has(state)) {
      this.#parts.inlet.clear();
      this.#reject();
    }
    if (this.takesEvents) this.#parts.ready();
  }

  send(event: Queued, bytes: Buffer): 'sent' | 'gone' {
    const sent = this.#parts.inlet.send(bytes);
    if (sent === 'sent') {
      this.#event = event;
      this.#dialogue.sent();
      this.#parts.say('debug', `event ${event.serial} sent to listener ${this.name}`, this.#parts.process);
    }
    return sent;
  }

  /** supervisord's default handler. */
  #judge(payload: Buffer): void {
    if (payload.toString('latin1') === 'OK') {
      this.#event = null;
      this.#say('debug', 'event was processed');
      return;
    }
    const isNew = this.#event?.serial !== this.#rejected;
    this.#rejected = this.#event?.serial ?? -1;
    this.#say(isNew ? 'warn' : 'debug', 'event was rejected');
    this.#reject();
  }

  #reject(): void {
    const event = this.#event;
    this.#event = null;
    if (event !== null) this.#parts.rejected(event);
  }

  #say(level: 'debug' | 'warn', text: string): void {
    this.#parts.say(level, `${this.name}: ${text}`, this.#parts.process);
  }
}
