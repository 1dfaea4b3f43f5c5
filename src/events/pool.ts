// Which event goes to which listener, and what becomes of one that nobody takes?

import type { ProcessName } from '../model/event.ts';
import { covers } from '../model/event-names.ts';
import type { GroupPlan, ListenerPlan, ProcessPlan } from '../model/plan.ts';
import { envelope } from './envelope.ts';
import { type Inlet, Listener, type Queued, type Say } from './listener.ts';
import type { Note } from './note.ts';

export interface PoolParts {
  readonly group: GroupPlan;
  readonly listener: ListenerPlan;
  /** supervisord's identifier. */
  readonly server: string;
  readonly inlet: (plan: ProcessPlan) => Inlet;
  readonly say: Say;
}

/** The processes of an `[eventlistener:x]`, and the events that wait for them. */
export class Pool {
  readonly #parts: PoolParts;
  readonly #listeners: Listener[];
  #queue: Queued[] = [];
  #serial = -1;
  #dispatching = false;

  constructor(parts: PoolParts) {
    this.#parts = parts;
    this.#listeners = parts.group.processes.map((plan) => this.#create(plan));
  }

  get name(): string {
    return this.#parts.group.name;
  }

  wants(name: Note['name']): boolean {
    return this.#parts.listener.events.some((asked) => covers(asked, name));
  }

  find({ name }: ProcessName): Listener | undefined {
    return this.#listeners.find((listener) => listener.name === name);
  }

  /** A change of plan has brought another process. */
  admit(plan: ProcessPlan | undefined): Listener | undefined {
    if (plan === undefined) return undefined;
    const listener = this.#create(plan);
    this.#listeners.push(listener);
    return listener;
  }

  accept(note: Note, serial: number): void {
    this.#serial += 1;
    this.#makeRoom();
    this.#queue.push({ note, serial, poolSerial: this.#serial });
    this.#dispatch();
  }

  /** Puts the event back at the head, where it is tried again without end, as supervisord does. */
  #takeBack(event: Queued): void {
    this.#parts.say(
      'debug',
      `rebuffering event ${event.serial} for pool ${this.name} (buf size=${this.#queue.length}, max=${this.#parts.listener.bufferSize})`,
      null,
    );
    this.#makeRoom();
    this.#queue.unshift(event);
    this.#dispatch();
  }

  /** For one more; the oldest goes. */
  #makeRoom(): void {
    if (this.#queue.length < this.#parts.listener.bufferSize) return;
    const oldest = this.#queue.shift();
    if (oldest === undefined) return;
    const text = `pool ${this.name} event buffer overflowed, discarding event ${oldest.serial}`;
    this.#parts.say('error', text, null);
  }

  /** Oldest first, for as long as somebody takes them. What happens on the way comes after. */
  #dispatch(): void {
    if (this.#dispatching) return;
    this.#dispatching = true;
    for (let event = this.#queue[0]; event !== undefined && this.#send(event); [event] = this.#queue);
    this.#dispatching = false;
  }

  #send(event: Queued): boolean {
    const { server } = this.#parts;
    for (const listener of this.#listeners) {
      if (!listener.takesEvents) continue;
      const bytes = envelope(event, { server, pool: this.name, poolSerial: event.poolSerial });
      if (listener.send(event, bytes) === 'sent') {
        this.#queue.shift();
        return true;
      }
      const text = `epipe occurred while sending event ${event.serial} to listener ${listener.name}, listener state unchanged`;
      this.#parts.say('debug', text, null);
    }
    return false;
  }

  #create(plan: ProcessPlan): Listener {
    return new Listener({
      process: { group: plan.group, name: plan.name },
      inlet: this.#parts.inlet(plan),
      say: this.#parts.say,
      ready: () => this.#dispatch(),
      rejected: (event) => this.#takeBack(event),
    });
  }
}
