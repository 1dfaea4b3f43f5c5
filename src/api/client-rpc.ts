// How is any supervisord or tsvisor asked over XML-RPC? The wire of `tsvisor ctl`, over bare node:net: node:http costs 5 ms to load.

import { connect, type NetConnectOpts } from 'node:net';
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

interface Address {
  readonly connect: NetConnectOpts;
  /** As the server is called in the request. */
  readonly host: string;
}

/** Where to connect; refuses with an RpcError of kind `protocol`. */
export const addressOf = (url: string): Address => {
  if (url.startsWith('unix://')) return { connect: { path: url.slice('unix://'.length) }, host: 'localhost' };
  const parsed = url.startsWith('http://') && URL.canParse(url) ? new URL(url) : null;
  if (parsed === null) throw new RpcError({ kind: 'protocol', url });
  // An address of IPv6 stands in brackets in a URL and nowhere else.
  const host = parsed.hostname.replaceAll(/^\[|\]$/g, '');
  return { connect: { host, port: parsed.port === '' ? HTTP_PORT : Number(parsed.port) }, host: parsed.host };
};

export const credentials = ({ username, password }: RpcTarget): Readonly<Record<string, string>> =>
  username === null || password === null
    ? {}
    : { Authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };

export const connectionError = (error: Error): RpcError =>
  new RpcError({
    kind: 'connection',
    errno: 'code' in error ? String(error.code) : '',
    message: error.message,
  });

/** What Node says of a connection that ended too early. */
const CUT = { kind: 'connection', errno: 'ECONNRESET', message: 'socket hang up' } as const;

/** Everything that comes back, to the end of the connection. */
const exchange = (to: NetConnectOpts, text: string): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(to);
    socket.on('error', (error) => reject(connectionError(error)));
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('end', () => resolve(Buffer.concat(chunks)));
    socket.write(text);
  });

interface HttpReply {
  readonly status: number;
  readonly reason: string;
  readonly body: string;
}

const HEAD_END = '\r\n\r\n';

const readHttp = (bytes: Buffer): HttpReply => {
  if (bytes.length === 0) throw new RpcError(CUT);
  const end = bytes.indexOf(HEAD_END);
  const head = bytes.toString('latin1', 0, Math.max(end, 0));
  const [, status, reason = ''] = /^HTTP\/1\.\d (\d{3}) ?([^\r\n]*)/.exec(head) ?? [];
  if (end === -1 || status === undefined) throw new RpcError({ kind: 'strange' });
  const length = /^content-length: *(\d+)/im.exec(head)?.[1];
  const body = bytes.subarray(end + HEAD_END.length);
  if (length !== undefined && body.length < Number(length)) throw new RpcError(CUT);
  return { status: Number(status), reason, body: body.toString('utf8') };
};

/** Of version 1.0: what comes back has no marks of pieces in it, and its end is that of the connection. */
const requestOf = (target: RpcTarget, host: string, body: string): string => {
  const headers = {
    Host: host,
    'Content-Type': 'text/xml',
    Accept: 'text/xml',
    'Content-Length': String(Buffer.byteLength(body)),
    ...credentials(target),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return ['POST /RPC2 HTTP/1.0', ...lines, '', body].join('\r\n');
};

/** Answers the value or the fault; refuses with an RpcError. Waits as long as the server takes. */
export const callRpc = async (
  target: RpcTarget,
  method: string,
  params: readonly RpcParam[],
): Promise<RpcReply> => {
  const { connect: to, host } = addressOf(target.url);
  const { status, reason, body } = readHttp(
    await exchange(to, requestOf(target, host, writeCall(method, params))),
  );
  if (status !== 200) throw new RpcError({ kind: 'http', status, reason });
  const reply = readReply(body);
  if (reply === null) throw new RpcError({ kind: 'strange' });
  return reply;
};
