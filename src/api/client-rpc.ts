// How is any supervisord or tsvisor asked over XML-RPC, and how is a log of it followed? The wire of `tsvisor ctl`.

import { request, type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { readReply, writeCall, type RpcParam, type RpcReply } from './client-xml.ts';

/** `url` is `unix:///path` or `http://host:port`. */
export interface RpcTarget {
  readonly url: string;
  readonly username: string | null;
  readonly password: string | null;
}

/** Why there is no answer: the connection failed, or what answered is no XML-RPC server. */
export type RpcFailure =
  | { readonly kind: 'connection'; readonly errno: string; readonly message: string }
  | { readonly kind: 'http'; readonly status: number; readonly reason: string }
  | { readonly kind: 'strange' }
  | { readonly kind: 'protocol'; readonly url: string };

export class RpcError extends Error {
  readonly failure: RpcFailure;

  constructor(failure: RpcFailure) {
    super(`cannot ask the server: ${failure.kind}`);
    this.name = 'RpcError';
    this.failure = failure;
  }
}

const HTTP_PORT = 80;

/** Where to connect; refuses with an RpcError of kind `protocol`. */
const addressOf = (url: string): RequestOptions => {
  if (url.startsWith('unix://')) return { socketPath: url.slice('unix://'.length), host: 'localhost' };
  const parsed = url.startsWith('http://') && URL.canParse(url) ? new URL(url) : null;
  if (parsed === null) throw new RpcError({ kind: 'protocol', url });
  // An address of IPv6 stands in brackets in a URL and nowhere else.
  const host = parsed.hostname.replaceAll(/^\[|\]$/g, '');
  return { host, port: parsed.port === '' ? HTTP_PORT : Number(parsed.port) };
};

const credentials = ({ username, password }: RpcTarget): Readonly<Record<string, string>> =>
  username === null || password === null
    ? {}
    : { Authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };

const connectionError = (error: Error): RpcError =>
  new RpcError({
    kind: 'connection',
    errno: 'code' in error ? String(error.code) : '',
    message: error.message,
  });

const answerTo = (sent: ClientRequest): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    sent.once('response', resolve);
    sent.once('error', (error) => reject(connectionError(error)));
  });

const bodyOf = async (response: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of response) chunks.push(Buffer.from(chunk));
  } catch (error) {
    throw connectionError(error instanceof Error ? error : new Error(String(error)));
  }
  return Buffer.concat(chunks).toString('utf8');
};

/** Answers the value or the fault; refuses with an RpcError. Waits as long as the server takes. */
export const callRpc = async (
  target: RpcTarget,
  method: string,
  params: readonly RpcParam[],
): Promise<RpcReply> => {
  const body = writeCall(method, params);
  const headers = {
    'Content-Type': 'text/xml',
    Accept: 'text/xml',
    'Content-Length': Buffer.byteLength(body),
    ...credentials(target),
  };
  const sent = request({ ...addressOf(target.url), agent: false, method: 'POST', path: '/RPC2', headers });
  sent.end(body);
  const response = await answerTo(sent);
  const { statusCode = 0, statusMessage = '' } = response;
  if (statusCode !== 200) {
    response.destroy();
    throw new RpcError({ kind: 'http', status: statusCode, reason: statusMessage });
  }
  const reply = readReply(await bodyOf(response));
  if (reply === null) throw new RpcError({ kind: 'strange' });
  return reply;
};

export interface Following {
  /** Resolves when the server ended the stream or `close` was called; refuses with an RpcError. */
  readonly ended: Promise<void>;
  close(): void;
}

export interface FollowRequest {
  /** `/logtail/NAME/stdout` or `/mainlogtail`. */
  readonly path: string;
  readonly feed: (bytes: Uint8Array) => void;
}

const drain = async (sent: ClientRequest, feed: FollowRequest['feed']): Promise<void> => {
  const response = await answerTo(sent);
  const { statusCode = 0, statusMessage = '' } = response;
  if (statusCode !== 200) {
    response.destroy();
    throw new RpcError({ kind: 'http', status: statusCode, reason: statusMessage });
  }
  response.on('data', feed);
  await new Promise<void>((resolve) => {
    // Closed by either side, or cut off in the middle: the stream is over.
    response.once('error', () => resolve());
    response.once('close', resolve);
  });
};

export const followLog = (target: RpcTarget, { path, feed }: FollowRequest): Following => {
  // Told that the connection will be closed, supervisord gathers 64 kB before it sends any.
  const headers = { Connection: 'keep-alive', ...credentials(target) };
  const sent = request({ ...addressOf(target.url), agent: false, path, headers });
  let closed = false;
  const ended = drain(sent, feed).catch((error: unknown) => {
    if (!closed) throw error;
  });
  sent.end();
  return {
    ended,
    close() {
      closed = true;
      sent.destroy();
    },
  };
};
