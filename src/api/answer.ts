// How is one request answered? Let in or not, then by its path: XML-RPC, a live log, or a route of the JSON API.

import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Ask } from '../model/command.ts';
import { TsvisorError } from '../model/errors.ts';
import { answerLog, type Follow } from './answer-log.ts';
import { wantedIn, type Audience } from './audience.ts';
import { answerProbe, probeIn } from './answer-probe.ts';
import { readBody } from './body.ts';
import { askFor, userOf, type Denied, type Ordered } from './caller.ts';
import type { Self } from './method.ts';
import { isForeign } from './hosts.ts';
import { commandOf, EVENT_STREAM, findRoute, onWire } from './routes.ts';
import { sendJson, sendStatus } from './send.ts';
import type { RpcValue } from './value.ts';
import { BUG_ON_WIRE, refusalToWire } from './wire.ts';

interface PageRequest {
  /** Decoded, with one slash in front. */
  readonly path: string;
  readonly query: string;
  /** Nothing may be changed by way of this server. */
  readonly readOnly: boolean;
  /** For orders: they are told with whom they came from. */
  readonly ask: Ask;
}

/** Answers a request, or resolves to false when there is no such page. */
export type Pages = (
  request: IncomingMessage,
  response: ServerResponse,
  page: PageRequest,
) => Promise<boolean>;

export interface Answering {
  readonly ask: Ask;
  /** What the listener is called in the log. */
  readonly door: string;
  readonly ordered?: Ordered;
  readonly denied?: Denied;
  readonly self: Self;
  readonly follow: Follow;
  /** Absent: nobody can listen to events. */
  readonly audience?: Audience;
  /** Asked for every path that is none of the API's; absent: there are no pages. */
  readonly pages?: Pages;
  /** Whether XML-RPC has the namespace `supervisor` here. */
  readonly supervisor: boolean;
  /** Answers questions and refuses every order; absent: it does both. */
  readonly readOnly?: boolean;
  /** Decides by the Host header; null takes any. */
  readonly takesHost: ((host: string | undefined) => boolean) | null;
  /** Decides by the Authorization header; null lets everybody in who may open the socket. */
  readonly admits: ((authorization: string | undefined) => boolean) | null;
  /** Told of every failure that is no refusal. */
  readonly bug: (error: unknown, request: string) => void;
}

const parseJson = (text: string): RpcValue => {
  if (text.trim() === '') return null;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new TsvisorError('BAD_REQUEST', {
      reason: error instanceof Error ? error.message : 'the body is no JSON',
    });
  }
};

/** Slashes in front count as one. */
const pathOf = (url: string): string | null => {
  try {
    return `/${decodeURIComponent(url).replace(/^\/+/, '')}`;
  } catch {
    // A percent sign that escapes nothing.
    return null;
  }
};

const isReading = ({ method }: IncomingMessage): boolean => method === 'GET' || method === 'HEAD';

/** Where the pages send their orders; they refuse them in a page. */
const PAGE_ORDERS = '/act';

const isPage = (path: string): boolean => !path.startsWith('/api/');

const answerJson = async (
  request: IncomingMessage,
  response: ServerResponse,
  { path, query, ask }: Pick<PageRequest, 'path' | 'query' | 'ask'>,
): Promise<void> => {
  const method = request.method ?? '';
  const route = findRoute(method, path);
  const body = route.method === 'GET' ? null : parseJson(await readBody(request, response));
  const command = commandOf(route, { query: new URLSearchParams(query), body });
  sendJson(response, 200, onWire(route.reply, await ask(command)));
};

const answerPage = async (
  request: IncomingMessage,
  response: ServerResponse,
  { pages, ...page }: PageRequest & Pick<Answering, 'pages'>,
): Promise<void> => {
  if (pages !== undefined && (await pages(request, response, page))) return;
  sendStatus(response, request.method === 'GET' || request.method === 'HEAD' ? 404 : 400);
};

const askOf = (request: IncomingMessage, { ask, door, ordered, admits }: Answering): Ask =>
  ordered === undefined ? ask : askFor(request, { ask, door, guarded: admits !== null, ordered });

/** Loaded with the first call: a supervisor that nobody calls does not pay for a parser. */
const answerCall = async (
  request: IncomingMessage,
  response: ServerResponse,
  answering: Answering,
): Promise<void> => {
  const { answerRpc, rpcFor } = await import('./answer-rpc.ts');
  await answerRpc(request, response, { rpc: rpcFor(answering), ask: askOf(request, answering) });
};

const route = async (
  request: IncomingMessage,
  response: ServerResponse,
  answering: Answering,
): Promise<void> => {
  const [url = '/', query = ''] = (request.url ?? '/').split('?', 2);
  const path = pathOf(url);
  if (path === null) return sendStatus(response, 400);
  if (answering.readOnly === true && !isReading(request) && path !== PAGE_ORDERS)
    throw new TsvisorError('READ_ONLY');
  if (!isReading(request) && path !== PAGE_ORDERS && isForeign(request.headers))
    throw new TsvisorError('FOREIGN_ORDER');
  if (path.startsWith('/RPC2')) return answerCall(request, response, answering);
  if (path.startsWith('/logtail') || path.startsWith('/mainlogtail'))
    return answerLog(request, response, { path, follow: answering.follow });
  const { audience } = answering;
  if (audience !== undefined && request.method === 'GET' && path === EVENT_STREAM.path)
    return audience.join(response, wantedIn(new URLSearchParams(query)));
  if (isPage(path)) {
    const { pages } = answering;
    const readOnly = answering.readOnly === true;
    const page: PageRequest = { path, query, readOnly, ask: askOf(request, answering) };
    return answerPage(request, response, { ...page, ...(pages !== undefined && { pages }) });
  }
  return answerJson(request, response, { path, query, ask: askOf(request, answering) });
};

const answer = async (
  request: IncomingMessage,
  response: ServerResponse,
  answering: Answering,
): Promise<void> => {
  const { admits, takesHost } = answering;
  const { host = '', authorization } = request.headers;
  if (takesHost !== null && !takesHost(host)) throw new TsvisorError('WRONG_HOST', { host });
  const isKnown = admits === null || admits(authorization);
  const probe = probeIn(request);
  if (probe !== null) return answerProbe(response, probe, { ask: answering.ask, isKnown });
  if (!isKnown) {
    const { door, denied } = answering;
    if (authorization !== undefined) denied?.({ door, user: userOf(request), connection: request.socket });
    response.setHeader('www-authenticate', 'Basic realm="default"');
    response.setHeader('connection', 'close');
    sendJson(response, 401, refusalToWire(new TsvisorError('UNAUTHORIZED')));
    return;
  }
  await route(request, response, answering);
};

/** What has begun cannot be taken back: the client sees a reply without its end. */
const giveUp = (response: ServerResponse, status: number, value: unknown): void => {
  if (response.headersSent) response.destroy();
  else sendJson(response, status, value);
};

/** The function that answers all requests of a listener; it never throws. */
export const answers =
  (answering: Answering): RequestListener =>
  (request, response) => {
    answer(request, response, answering).catch((error: unknown) => {
      if (error instanceof TsvisorError) {
        giveUp(response, error.row.http, refusalToWire(error));
        return;
      }
      // A client that went away in the middle of its request is no bug.
      if (request.destroyed && !request.complete) return;
      answering.bug(error, `${request.method} ${request.url}`);
      giveUp(response, 500, BUG_ON_WIRE);
    });
  };
