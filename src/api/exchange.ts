// How is one request sent and its reply read? Over bare node:net: node:http would cost every command line 5 ms.

import { connect } from 'node:net';
import { TsvisorError } from '../model/errors.ts';

export interface ExchangeRequest {
  /** Path of a unix socket. */
  readonly socket: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** Sent as JSON; undefined sends none. */
  readonly body?: unknown;
  /** Milliseconds; null waits as long as it takes. */
  readonly timeout: number | null;
}

export interface ExchangeReply {
  readonly status: number;
  readonly body: string;
}

const HEAD_END = '\r\n\r\n';
const MAX_REPLY_BYTES = 64 * 1024 * 1024;

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such socket; it is not running',
  ECONNREFUSED: 'nobody listens on the socket; it is not running',
  EACCES: 'permission denied on the socket; run as the user that started it, or as root',
  EPERM: 'permission denied on the socket; run as the user that started it, or as root',
  ENOTSOCK: 'this file is no socket',
  EAGAIN: 'it accepts no connection; the supervisor hangs',
  EPROTOTYPE: 'this is a socket of another kind',
};

export const unreachable = (socket: string, reason: string): TsvisorError =>
  new TsvisorError('NOT_RUNNING_HERE', { socket, reason });

export const connectFailure = (socket: string, error: Error): TsvisorError => {
  const errno = 'code' in error ? String(error.code) : '';
  return unreachable(socket, REASONS[errno] ?? error.message);
};

/** HTTP/1.1 without keep-alive, so that the end of the connection ends the reply. */
const requestText = ({ method, path, body }: ExchangeRequest): string => {
  const text = body === undefined ? '' : JSON.stringify(body);
  return [
    `${method} ${path} HTTP/1.1`,
    'Host: localhost',
    'Connection: close',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(text)}`,
    '',
    text,
  ].join('\r\n');
};

/** Null when it is no whole reply of a tsvisor, which always tells its length. */
export const parseReply = (bytes: Buffer): ExchangeReply | null => {
  const end = bytes.indexOf(HEAD_END);
  if (end === -1) return null;
  const head = bytes.toString('latin1', 0, end);
  const status = /^HTTP\/1\.1 (\d{3})/.exec(head)?.[1];
  const length = /^content-length: *(\d+)/im.exec(head)?.[1];
  const body = bytes.subarray(end + HEAD_END.length);
  if (status === undefined || length === undefined || body.length < Number(length)) return null;
  return { status: Number(status), body: body.toString('utf8', 0, Number(length)) };
};

/** Refuses with NOT_RUNNING_HERE, or with NO_ANSWER when connected without a reply in time. */
export const exchange = (request: ExchangeRequest): Promise<ExchangeReply> =>
  new Promise((resolve, reject) => {
    const { socket: path, timeout } = request;
    const chunks: Buffer[] = [];
    let size = 0;
    const socket = connect(path);
    const refuse = (error: TsvisorError): void => {
      socket.destroy();
      reject(error);
    };
    if (timeout !== null)
      socket.setTimeout(timeout, () =>
        refuse(new TsvisorError('NO_ANSWER', { socket: path, seconds: timeout / 1000 })),
      );
    socket.on('error', (error) => refuse(connectFailure(path, error)));
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size > MAX_REPLY_BYTES) refuse(unreachable(path, 'its reply is too long for a tsvisor'));
    });
    socket.on('end', () => {
      const reply = parseReply(Buffer.concat(chunks));
      if (reply !== null) resolve(reply);
      else
        refuse(
          unreachable(
            path,
            chunks.length === 0 ? 'it ended without a reply' : 'what answers there is no tsvisor',
          ),
        );
    });
    socket.write(requestText(request));
  });
