// How is one request answered? Route, body, command, reply; a refusal with its code, a bug contained.

import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Ask, Reply } from '../model/command.ts';
import { TsvisorError } from '../model/errors.ts';
import { findRoute, type Route } from './routes.ts';
import { BUG_ON_WIRE, refusalToWire } from './wire.ts';

export const MAX_BODY_BYTES = 1024 * 1024;

/** A client that reads nothing of its reply for this long, in milliseconds, is cut off. */
const SLOW_READER_MS = 30_000;

export interface Answering {
  readonly ask: Ask;
  /** Decides by the Authorization header; null lets everybody in who may open the socket. */
  readonly admits: ((authorization: string | undefined) => boolean) | null;
  /** Told of every failure that is no refusal. */
  readonly bug: (error: unknown, request: string) => void;
}

/** Null when it is too large; then it has not been read to its end. */
const readBody = async (request: IncomingMessage): Promise<string | null> => {
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) return null;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > MAX_BODY_BYTES) return null;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
};

const parseJson = (text: string): unknown => {
  if (text.trim() === '') return null;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new TsvisorError('BAD_REQUEST', {
      reason: error instanceof Error ? error.message : 'the body is no JSON',
    });
  }
};

const send = (response: ServerResponse, status: number, value: unknown): void => {
  if (response.destroyed) return;
  const body = JSON.stringify(value);
  response.socket?.setTimeout(SLOW_READER_MS);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  response.end(body);
};

const onWire = (reply: Reply, kind: Route['reply']): unknown =>
  kind === 'outcomes' || kind === 'configs' ? { [kind]: reply } : reply;

const answer = async (
  request: IncomingMessage,
  response: ServerResponse,
  { ask, admits }: Answering,
): Promise<void> => {
  if (admits !== null && !admits(request.headers.authorization)) {
    response.setHeader('www-authenticate', 'Basic realm="default"');
    send(response, 401, refusalToWire(new TsvisorError('UNAUTHORIZED')));
    return;
  }
  const [path = '/', query = ''] = (request.url ?? '/').split('?', 2);
  if (request.method === 'GET' && path === '/healthz') {
    send(response, 200, { ok: true });
    return;
  }
  const route = findRoute(request.method ?? '', path);
  const text = await readBody(request);
  if (text === null) {
    // What was not read must not be taken for the next request.
    response.setHeader('connection', 'close');
    throw new TsvisorError('BAD_REQUEST', { reason: `the body is larger than ${MAX_BODY_BYTES} bytes` });
  }
  const command = route.parse({ query: new URLSearchParams(query), body: parseJson(text) });
  send(response, 200, onWire(await ask(command), route.reply));
};

/** The function that answers all requests of a listener; it never throws. */
export const answers =
  (answering: Answering): RequestListener =>
  (request, response) => {
    answer(request, response, answering).catch((error: unknown) => {
      if (error instanceof TsvisorError) {
        send(response, error.row.http, refusalToWire(error));
        return;
      }
      // A client that went away in the middle of its request is no bug.
      if (request.destroyed && !request.complete) return;
      answering.bug(error, `${request.method} ${request.url}`);
      send(response, 500, BUG_ON_WIRE);
    });
  };
