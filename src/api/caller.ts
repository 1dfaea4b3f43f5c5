// Who gives an order over a socket? What of it the connection itself tells.

import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Ask, Command, Verb } from '../model/command.ts';

export interface Caller {
  /** Path of the unix socket, or `host:port`. */
  readonly door: string;
  /** Of the password that was asked for; null when none was. */
  readonly user: string | null;
  readonly connection: Socket;
}

/** Told of every order before it is carried out, whether it is refused or not. */
export type Ordered = (command: Command, caller: Caller) => void;

/** Told of every request that was kept out for its name or password; of those without any, which browsers send first, not. */
export type Denied = (caller: Caller) => void;

/** A new verb does not compile until it is decided: an order is a line of the log, a question is asked many times a second. */
const IS_ORDER: Readonly<Record<Verb, boolean>> = {
  start: true,
  stop: true,
  restart: true,
  signal: true,
  shutdown: true,
  reload: true,
  'add-group': true,
  'remove-group': true,
  apply: true,
  'clear-log': true,
  'send-stdin': true,
  'set-score': true,
  'send-event': true,
  status: false,
  readiness: false,
  infos: false,
  configs: false,
  reread: false,
  'read-log': false,
  'tail-log': false,
  'oom-rank': false,
  incidents: false,
};

const isOrder = (command: Command): boolean =>
  IS_ORDER[command.verb] && !(command.verb === 'apply' && command.dryRun);

/** As the request says; null when it says nothing that can be read. */
export const userOf = ({ headers }: IncomingMessage): string | null => {
  const encoded = /^Basic\s+(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? '';
  const [user = ''] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  return user === '' ? null : user;
};

export interface Asking {
  readonly ask: Ask;
  readonly door: string;
  readonly guarded: boolean;
  readonly ordered: Ordered;
}

/** The door to the supervisor as this request goes through it. */
export const askFor =
  (request: IncomingMessage, { ask, door, guarded, ordered }: Asking): Ask =>
  (command) => {
    if (isOrder(command))
      ordered(command, { door, user: guarded ? userOf(request) : null, connection: request.socket });
    return ask(command);
  };
