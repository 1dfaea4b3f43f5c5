// Who ordered what, and who was kept out? Lines of the journal, with whom the kernel names where it can be asked.

import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import type { Caller, Denied, Ordered } from '../../api/caller.ts';
import type { Clock } from '../../kernel/port.ts';
import type { Journal } from '../../logs/journal.ts';
import type { Command } from '../../model/command.ts';

/** Lookups at the same time: who gives orders faster than that is named without them. */
const MOST_LOOKUPS = 4;
const MOST_LETTERS = 200;

/** Milliseconds between two lines on those who are kept out of one door: who guesses passwords does not fill the log. */
const DENIED_EVERY_MS = 10_000;

const printable = (text: string): string => {
  const shown = text.replaceAll(/\p{C}/gu, '?');
  return shown.length > MOST_LETTERS ? `${shown.slice(0, MOST_LETTERS)}…` : shown;
};

const objectOf = (command: Command): string => {
  if ('names' in command) return command.names === null ? 'the main log' : command.names.join(' ');
  if ('group' in command) return command.group;
  return 'name' in command ? (command.name ?? '') : '';
};

const orderOf = (command: Command): string => {
  const signal = command.verb === 'signal' ? command.signal : '';
  return printable([command.verb, signal, objectOf(command)].filter((word) => word !== '').join(' '));
};

/** Node tells the number to nobody officially; null when it does not at all. */
const descriptorOf = (connection: Socket): number | null => {
  const wrapped: unknown = Reflect.get(connection, '_handle');
  const fd: unknown = typeof wrapped === 'object' && wrapped !== null ? Reflect.get(wrapped, 'fd') : null;
  return typeof fd === 'number' && fd >= 0 ? fd : null;
};

/** `uid 0, pid 12`; null when nobody can tell. */
const askGuardian = async (guardian: string, fd: number): Promise<string | null> => {
  // As fd 3: of those below, the parent's copies would be made blocking too.
  const child = spawn(guardian, ['peer'], { stdio: ['ignore', 'pipe', 'ignore', fd] });
  // Where it cannot be run its stdout ends without a word.
  child.once('error', () => child.stdout?.destroy());
  const said = child.stdout === null ? '' : await textOf(child.stdout).catch(() => '');
  const [pid, uid] = said.trim().split(' ');
  return pid === undefined || uid === undefined ? null : `uid ${uid}, pid ${pid}`;
};

export interface OperatorsOptions {
  readonly journal: Pick<Journal, 'say'>;
  /** Path of the binary; null: nobody can ask who connected a unix socket. */
  readonly guardian: string | null;
  readonly clock: Pick<Clock, 'now'>;
}

export class Operators {
  readonly #journal: Pick<Journal, 'say'>;
  readonly #guardian: string | null;
  readonly #clock: Pick<Clock, 'now'>;
  /** The answer stays the same as long as the connection. */
  readonly #known = new WeakMap<Socket, Promise<string | null>>();
  #lookups = 0;
  /** By door: when the last line was written, and how many were kept out since. */
  readonly #denied = new Map<string, { at: number; since: number }>();

  constructor({ journal, guardian, clock }: OperatorsOptions) {
    this.#journal = journal;
    this.#guardian = guardian;
    this.#clock = clock;
  }

  readonly ordered: Ordered = (command, caller) => {
    void this.#whose(caller).then((whose) =>
      this.#journal.say('info', `ordered: ${orderOf(command)} (${whose}on ${caller.door})`),
    );
  };

  readonly denied: Denied = (caller) => {
    const { door } = caller;
    const last = this.#denied.get(door);
    const now = this.#clock.now();
    if (last !== undefined && now - last.at < DENIED_EVERY_MS) {
      last.since += 1;
      return;
    }
    this.#denied.set(door, { at: now, since: 0 });
    const before =
      last === undefined || last.since === 0 ? '' : `; ${last.since} more since the last such line`;
    void this.#whose(caller).then((whose) =>
      this.#journal.say('warn', `wrong name or password (${whose}on ${door})${before}`),
    );
  };

  /** Empty, or words that end in a blank. */
  async #whose({ user, connection }: Caller): Promise<string> {
    const address = connection.remoteAddress;
    const from = address === undefined ? await this.#peer(connection) : address;
    const words = [user === null ? null : `user ${printable(user)}`, from].filter((word) => word !== null);
    return words.length === 0 ? '' : `by ${words.join(', ')} `;
  }

  #peer(connection: Socket): Promise<string | null> {
    const known = this.#known.get(connection) ?? this.#lookUp(connection);
    this.#known.set(connection, known);
    return known;
  }

  async #lookUp(connection: Socket): Promise<string | null> {
    const fd = descriptorOf(connection);
    if (this.#guardian === null || fd === null || this.#lookups >= MOST_LOOKUPS) return null;
    this.#lookups += 1;
    return askGuardian(this.#guardian, fd).finally(() => (this.#lookups -= 1));
  }
}
