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

const QUESTIONS: ReadonlySet<Verb> = new Set<Verb>([
  'status',
  'infos',
  'configs',
  'reread',
  'read-log',
  'tail-log',
  'oom-rank',
  'incidents',
]);

const isOrder = (command: Command): boolean =>
  !QUESTIONS.has(command.verb) && !(command.verb === 'apply' && command.dryRun);

/** Of a request that has been let in. */
const userOf = ({ headers }: IncomingMessage): string | null => {
  const encoded = /^Basic\s+(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  return encoded === undefined ? null : (Buffer.from(encoded, 'base64').toString('utf8').split(':')[0] ?? '');
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
