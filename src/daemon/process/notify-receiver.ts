// Whose word is it? The socket of sd_notify, each message given to the process that its sender is a member of.

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { readNotifyMessage } from '../../core/notify-message.ts';
import type { CoreClock, Process } from '../../core/process.ts';
import { NotifyState } from '../../core/notify-state.ts';
import { cgroupName } from '../../kernel/cgroup-name.ts';
import type { Event, ProcessName } from '../../model/event.ts';
import { namespec } from '../../model/name.ts';
import { openNotifySocket, type NotifySocket, type NotifyDatagram } from '../../spawn/notify-socket.ts';

export interface NotifyReceiverParts {
  /** Path of the binary. */
  readonly guardian: string;
  readonly instance: string;
  readonly runtimeDir: string;
  readonly clock: CoreClock;
  readonly find: (name: ProcessName) => Process | undefined;
  /** Pid of the reaper above a process; null where it has none. */
  readonly reaperOf: (process: Process) => number | null;
  readonly warn: (text: string, process: ProcessName | null) => void;
  /** Said once and shown in `status`. */
  readonly notice: (text: string) => void;
}

/** One life of a process that may speak. */
interface Life {
  readonly name: ProcessName;
  readonly told: NotifyState;
}

/** Messages of programs whose launch is not known yet: they speak within a millisecond of their start. */
const EARLY_MAX = 64;
/** Milliseconds between two warnings of messages that are nobody's. */
const WARN_EVERY = 60_000;
/** Milliseconds before a dead server is started again. */
const REOPEN_AFTER = 200;

/** Root's programs may have become anybody, who could not enter our folder: they get a name without a file, never the same one twice. */
const addressFor = ({ instance, runtimeDir }: NotifyReceiverParts): string =>
  process.getuid?.() === 0
    ? `@tsvisor-notify-${instance}-${randomBytes(6).toString('hex')}`
    : join(runtimeDir, 'notify');

const cgroupOf = ({ group, name }: ProcessName): string => `${cgroupName(group)}/${cgroupName(name)}`;

const strangerText = ({ pid, uid, ancestors }: NotifyDatagram): string =>
  ancestors.length === 0
    ? `cannot tell whose message it was: pid ${pid} (uid ${uid}) had ended before it could be looked at; let the sender wait, as systemd-notify does`
    : `refused a message of pid ${pid} (uid ${uid}): it is no member of a process with notify or watchdog`;

export class NotifyReceiver {
  readonly #parts: NotifyReceiverParts;
  readonly address: string;
  readonly #lives = new Map<string, Life>();
  readonly #byCgroup = new Map<string, Life>();
  readonly #launching = new Set<string>();
  #early: NotifyDatagram[] = [];
  #socket: NotifySocket | null = null;
  #opening: Promise<string | null> | null = null;
  #warnedAt = -Infinity;
  /** Since the last warning. */
  #unheard = 0;

  constructor(parts: NotifyReceiverParts) {
    this.#parts = parts;
    this.address = addressFor(parts);
    process.once('exit', () => this.close());
  }

  close(): void {
    this.#socket?.close();
  }

  /** Before each launch of a process that may speak; why it cannot be heard, or null. */
  async ready(name: ProcessName): Promise<string | null> {
    const refusal = await (this.#opening ??= this.#open().finally(() => (this.#opening = null)));
    if (refusal === null) this.#launching.add(namespec(name));
    return refusal;
  }

  /** A subscriber of the bus. */
  announce(event: Event): void {
    if (event.type === 'launched') this.#begin(event.process);
    else if (event.type === 'died' || event.type === 'launch-failed') this.#end(event.process);
  }

  async #open(): Promise<string | null> {
    if (this.#socket?.isOpen === true) return null;
    const { guardian, instance } = this.#parts;
    const socket = await openNotifySocket({
      guardian,
      address: this.address,
      mark: `/tsvisor-${instance}/`,
      heard: (datagram) => this.#hear(datagram),
      died: () => this.#reopen(),
    });
    if (typeof socket === 'string') return `cannot open the notify socket ${this.address}: ${socket}`;
    this.#socket = socket;
    return null;
  }

  /** Programs keep its address; what they said meanwhile nobody has heard. */
  #reopen(): void {
    const { clock, warn } = this.#parts;
    warn('the server of the notify socket has died: it is started again', null);
    clock.after(REOPEN_AFTER, () => {
      for (const { told } of this.#lives.values()) told.forgive();
      this.#open()
        .then((refusal) => (refusal === null ? undefined : this.#reopen()))
        .catch((error: unknown) => warn(String(error), null));
    });
  }

  #begin(name: ProcessName): void {
    const process = this.#parts.find(name);
    if (process === undefined || process.plan.notify === null) return;
    const key = process.namespec;
    this.#end(name);
    const told = new NotifyState({ process, clock: this.#parts.clock });
    const life = { name, told };
    this.#lives.set(key, life);
    this.#byCgroup.set(cgroupOf(name), life);
    // The leader is known when those who hear of its launch have returned.
    queueMicrotask(() => this.#hearEarly());
  }

  #end(name: ProcessName): void {
    const key = namespec(name);
    this.#launching.delete(key);
    this.#lives.get(key)?.told.end();
    this.#lives.delete(key);
    this.#byCgroup.delete(cgroupOf(name));
  }

  #hearEarly(): void {
    const early = this.#early;
    this.#early = [];
    for (const datagram of early) this.#hear(datagram);
  }

  #hear(datagram: NotifyDatagram): void {
    const { warn, notice } = this.#parts;
    if (datagram.lost > 0)
      this.#complain(`${datagram.lost} messages came faster than they may and are lost`, datagram.lost);
    const life = this.#ownerOf(datagram);
    if (life === null) {
      if (this.#launching.size > 0 && this.#early.length < EARLY_MAX) this.#early.push(datagram);
      else this.#complain(strangerText(datagram), 1);
      return;
    }
    const said = readNotifyMessage(datagram.lines);
    for (const why of said.refused) notice(`${namespec(life.name)}: ${why}`);
    try {
      life.told.hear(said);
    } catch (error) {
      warn(String(error), life.name);
    }
  }

  #ownerOf({ cgroup, ancestors }: NotifyDatagram): Life | null {
    // It may have made cgroups of its own below the one that it was given.
    if (cgroup !== null) return this.#byCgroup.get(cgroup.split('/', 2).join('/')) ?? null;
    for (const life of this.#lives.values()) if (this.#isAbove(life, ancestors)) return life;
    return null;
  }

  #isAbove({ name }: Life, ancestors: readonly number[]): boolean {
    const process = this.#parts.find(name);
    const pid = process?.leader?.pid;
    if (process === undefined || pid === undefined) return false;
    const reaper = this.#parts.reaperOf(process);
    return ancestors.includes(pid) || (reaper !== null && ancestors.includes(reaper));
  }

  /** Anybody can make us say this: once a minute, with how many there were. */
  #complain(text: string, count: number): void {
    const { clock, warn } = this.#parts;
    this.#unheard += count;
    if (clock.now() - this.#warnedAt < WARN_EVERY) return;
    this.#warnedAt = clock.now();
    warn(`notify: ${text}; ${this.#unheard} so far since the last warning`, null);
    this.#unheard = 0;
  }
}
