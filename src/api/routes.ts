// Which requests are understood? The one table that turns method, path and body into a command.

import { constants } from 'node:os';
import type { Command } from '../model/command.ts';
import { TsvisorError } from '../model/errors.ts';

interface RouteInput {
  readonly query: URLSearchParams;
  /** Parsed JSON; null when the request has no body. */
  readonly body: unknown;
}

export interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly summary: string;
  /** `outcomes` and `configs`: a list by that name in an object; the others are the reply itself. */
  readonly reply: 'status' | 'outcomes' | 'configs' | 'reread' | 'apply';
  readonly parse: (input: RouteInput) => Command;
}

const MAX_NAMES = 10_000;

const refuse = (reason: string): never => {
  throw new TsvisorError('BAD_REQUEST', { reason });
};

const fields = (body: unknown): Readonly<Record<string, unknown>> => {
  if (body === null) return {};
  if (typeof body !== 'object' || Array.isArray(body)) return refuse('the body is no JSON object');
  return { ...body };
};

const namesOf = (body: unknown): readonly string[] => {
  const { names } = fields(body);
  if (!Array.isArray(names) || names.length === 0) return refuse('`names` must be a list of names');
  if (names.length > MAX_NAMES) return refuse(`more than ${MAX_NAMES} names`);
  const texts = names.filter((name): name is string => typeof name === 'string');
  return texts.length === names.length ? texts : refuse('`names` must be a list of names');
};

const waitOf = (body: unknown): boolean => {
  const { wait } = fields(body);
  if (wait === undefined) return true;
  return typeof wait === 'boolean' ? wait : refuse('`wait` must be true or false');
};

const groupOf = (body: unknown): string => {
  const { group } = fields(body);
  return typeof group === 'string' && group !== '' ? group : refuse('`group` must be the name of a group');
};

const dryRunOf = (body: unknown): boolean => {
  const { dryRun } = fields(body);
  if (dryRun === undefined) return false;
  return typeof dryRun === 'boolean' ? dryRun : refuse('`dryRun` must be true or false');
};

const SIGNALS = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]));

const isSignal = (name: string): name is NodeJS.Signals => Object.hasOwn(constants.signals, name);

/** A signal as operators write it: `TERM`, `sigterm`, `15`. */
export const parseSignal = (text: string): NodeJS.Signals => {
  const upper = text.toUpperCase();
  const name = /^\d+$/.test(text)
    ? (SIGNALS.get(Number(text)) ?? '')
    : upper.startsWith('SIG')
      ? upper
      : `SIG${upper}`;
  if (!isSignal(name)) throw new TsvisorError('BAD_SIGNAL', { signal: text });
  return name;
};

const signalOf = (body: unknown): NodeJS.Signals => {
  const { signal } = fields(body);
  if (typeof signal !== 'string' && typeof signal !== 'number')
    return refuse('`signal` must be a name or a number');
  return parseSignal(String(signal));
};

export const ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: '/api/v1/status',
    summary: 'The supervisor and every process.',
    reply: 'status',
    parse: () => ({ verb: 'status' }),
  },
  {
    method: 'POST',
    path: '/api/v1/start',
    summary: 'Starts the named processes; `wait` (default true) answers when they run.',
    reply: 'outcomes',
    parse: ({ body }) => ({ verb: 'start', names: namesOf(body), wait: waitOf(body) }),
  },
  {
    method: 'POST',
    path: '/api/v1/stop',
    summary:
      'Stops the named processes and all their members; `wait` (default true) answers when they are gone.',
    reply: 'outcomes',
    parse: ({ body }) => ({ verb: 'stop', names: namesOf(body), wait: waitOf(body) }),
  },
  {
    method: 'POST',
    path: '/api/v1/restart',
    summary: 'Stops the named processes, then starts them.',
    reply: 'outcomes',
    parse: ({ body }) => ({ verb: 'restart', names: namesOf(body), wait: waitOf(body) }),
  },
  {
    method: 'POST',
    path: '/api/v1/signal',
    summary: 'Sends `signal`, a name or a number, to the leaders of the named processes.',
    reply: 'outcomes',
    parse: ({ body }) => ({ verb: 'signal', names: namesOf(body), signal: signalOf(body) }),
  },
  {
    method: 'POST',
    path: '/api/v1/shutdown',
    summary: 'Stops everything and the supervisor itself; answers at once.',
    reply: 'outcomes',
    parse: () => ({ verb: 'shutdown' }),
  },
  {
    method: 'POST',
    path: '/api/v1/reload',
    summary: 'Restarts the supervisor in place with its config read anew; answers at once.',
    reply: 'outcomes',
    parse: () => ({ verb: 'reload' }),
  },
  {
    method: 'GET',
    path: '/api/v1/configs',
    summary: 'Every process as the config that was read last wants it.',
    reply: 'configs',
    parse: () => ({ verb: 'configs' }),
  },
  {
    method: 'POST',
    path: '/api/v1/reread',
    summary:
      'Reads the config anew and tells which groups it adds, changes and removes; what runs is not touched.',
    reply: 'reread',
    parse: () => ({ verb: 'reread' }),
  },
  {
    method: 'POST',
    path: '/api/v1/add-group',
    summary: 'Makes a group of the config that was read last active.',
    reply: 'outcomes',
    parse: ({ body }) => ({ verb: 'add-group', group: groupOf(body) }),
  },
  {
    method: 'POST',
    path: '/api/v1/remove-group',
    summary: 'Takes a group whose processes are all at rest out of the active config.',
    reply: 'outcomes',
    parse: ({ body }) => ({ verb: 'remove-group', group: groupOf(body) }),
  },
  {
    method: 'POST',
    path: '/api/v1/apply',
    summary: 'Reads the config anew and does what it takes to run it, or with `dryRun` only tells.',
    reply: 'apply',
    parse: ({ body }) => ({ verb: 'apply', dryRun: dryRunOf(body) }),
  },
];

const TABLE: ReadonlyMap<string, Route> = new Map(
  ROUTES.map((route) => [`${route.method} ${route.path}`, route]),
);

export const findRoute = (method: string, path: string): Route => {
  const route = TABLE.get(`${method} ${path}`);
  if (route === undefined) throw new TsvisorError('UNKNOWN_ROUTE', { route: `${method} ${path}` });
  return route;
};
