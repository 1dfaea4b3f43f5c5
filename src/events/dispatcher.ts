// Who are the listeners, and how does what happens reach them?

import type { Event, ProcessName } from '../model/event.ts';
import type { GroupPlan, ProcessPlan } from '../model/plan.ts';
import type { Inlet, Listener, Say } from './listener.ts';
import { type About, ABOUT_NOTHING } from './message.ts';
import { communicationNote, type Heard, logNote, type Note, notesFor, remoteNote } from './note.ts';
import { Pool } from './pool.ts';
import { createTicks } from './ticks.ts';

/** Who hears events beside the listeners. */
export interface EventSink {
  wants(name: Note['name']): boolean;
  /** Returns at once. */
  accept(note: Note, about: About): void;
}

export interface EventDispatcherParts {
  /** supervisord's identifier. */
  readonly server: string;
  /** The plan of a group that has just been added. */
  readonly groupOf: (name: string) => GroupPlan | undefined;
  readonly inlet: (plan: ProcessPlan) => Inlet;
  readonly say: Say;
  readonly sink?: EventSink;
}

const aboutOf = (event: Event): About => ({
  process: 'process' in event ? event.process : null,
  verdict:
    event.type === 'member-killed' ? event.verdict : event.type === 'died' ? event.death.verdict : null,
});

export class EventDispatcher {
  readonly #parts: EventDispatcherParts;
  readonly #pools = new Map<string, Pool>();
  readonly #ticks = createTicks();
  #serial = -1;

  constructor(parts: EventDispatcherParts) {
    this.#parts = parts;
  }

  /** A subscriber of the bus. A pool hears of its own addition, but not of its removal. */
  announce(event: Event): void {
    if (event.type === 'group') this.#change(event.group, event.change);
    for (const note of notesFor(event)) this.emit(note, aboutOf(event));
    if (event.type === 'state') this.listener(event.process)?.enter(event.to);
  }

  /** Whether anybody would hear it: what costs something to tell need not be told to nobody. */
  wants(name: Note['name']): boolean {
    for (const pool of this.#pools.values()) if (pool.wants(name)) return true;
    return this.#parts.sink?.wants(name) ?? false;
  }

  emit(note: Note, about: About = ABOUT_NOTHING): void {
    if (this.#parts.sink?.wants(note.name) === true) this.#parts.sink.accept(note, about);
    const pools = [...this.#pools.values()].filter((pool) => pool.wants(note.name));
    if (pools.length === 0) return;
    this.#serial += 1;
    for (const pool of pools) pool.accept(note, this.#serial);
  }

  logged(heard: Heard): void {
    this.emit(logNote(heard), { process: heard.process, verdict: null });
  }

  communicated(heard: Heard): void {
    const { process, channel } = heard;
    this.emit(communicationNote(heard), { process, verdict: null });
    this.#parts.say('debug', `'${process.name}' ${channel} emitted a comm event`, process);
  }

  remote(type: string, data: string): void {
    this.emit(remoteNote(type, data));
  }

  /** Call it every second; `wall` in milliseconds since the epoch. */
  tick(wall: number): void {
    for (const note of this.#ticks(wall)) this.emit(note);
  }

  listener(process: ProcessName): Listener | undefined {
    const pool = this.#pools.get(process.group);
    return pool?.find(process) ?? pool?.admit(this.#planOf(process));
  }

  /** Of a process that joined its pool later. */
  #planOf({ group, name }: ProcessName): ProcessPlan | undefined {
    return this.#parts.groupOf(group)?.processes.find((plan) => plan.name === name);
  }

  #change(name: string, change: 'added' | 'removed'): void {
    this.#pools.delete(name);
    const group = change === 'added' ? this.#parts.groupOf(name) : undefined;
    if (group?.listener === undefined) return;
    const { server, inlet, say } = this.#parts;
    this.#pools.set(name, new Pool({ group, listener: group.listener, server, inlet, say }));
  }
}
