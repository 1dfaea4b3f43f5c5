// How is one request sent and its reply read? Over bare node:net: node:http would cost every command line 5 ms.

import { statSync } from 'node:fs';
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
  readonly onSlow?: (() => void) | undefined;
}

/** Milliseconds in which a healthy supervisor has answered anything that does not wait for processes. */
const SLOW_MS = 2000;

/** Milliseconds after which nobody answers: a machine that thrashes has been seen to need fifteen seconds. */
export const TIMEOUT_MS = 30_000;

export interface Timing {
  /** Milliseconds without an answer after which a call refuses with NO_ANSWER; TIMEOUT_MS when absent. */
  readonly timeout?: number;
  /** Called when a call has had no answer for two seconds. */
  readonly onSlow?: () => void;
}

/** Answers what makes it silent. */
export const tellSlow = (onSlow: (() => void) | undefined): (() => void) => {
  const slow = onSlow === undefined ? undefined : setTimeout(onSlow, SLOW_MS);
  return () => clearTimeout(slow);
};

export interface ExchangeReply {
  readonly status: number;
  readonly body: string;
}

const HEAD_END = '\r\n\r\n';
const MAX_REPLY_BYTES = 64 * 1024 * 1024;

const START = 'start it with `tsvisor start -c FILE`, or name its config with -c FILE';
const OTHER = 'name its config with -c FILE, or another socket with -s PATH';
const ASK_AS_OTHER = 'ask as the user that started it: `sudo tsvisor …` where it was root';

interface Failure {
  readonly reason: string;
  readonly cure: string;
}

/** Each user has a place of their own: what root started is not seen from there. */
const ABSENT: Failure =
  process.getuid?.() === 0
    ? { reason: 'no such socket; it is not running', cure: START }
    : {
        reason: 'no such socket; it is not running, or another user started it',
        cure: `${ASK_AS_OTHER}; or ${START}`,
      };

const DENIED: Failure = { reason: 'permission denied on the socket', cure: ASK_AS_OTHER };

const FAILURES: Readonly<Record<string, Failure>> = {
  ENOENT: ABSENT,
  ECONNREFUSED: { reason: 'nobody listens on the socket; it is not running', cure: START },
  EACCES: DENIED,
  EPERM: DENIED,
  ENOTSOCK: { reason: 'this file is no socket', cure: OTHER },
  EAGAIN: { reason: 'it accepts no connection', cure: 'the supervisor hangs; look at its process with `ps`' },
  EPROTOTYPE: { reason: 'this is a socket of another kind', cure: OTHER },
};

export const unreachable = (socket: string, reason: string, cure = OTHER): TsvisorError =>
  new TsvisorError('NOT_RUNNING_HERE', { socket, reason, cure });

/** Linux refuses a connection to any file, be it no socket at all. */
const errnoOf = (socket: string, error: Error): string => {
  const errno = 'code' in error ? String(error.code) : '';
  const isOther =
    errno === 'ECONNREFUSED' && statSync(socket, { throwIfNoEntry: false })?.isSocket() === false;
  return isOther ? 'ENOTSOCK' : errno;
};

export const connectFailure = (socket: string, error: Error): TsvisorError => {
  const errno = errnoOf(socket, error);
  const { reason, cure } = FAILURES[errno] ?? { reason: error.message, cure: OTHER };
  return new TsvisorError('NOT_RUNNING_HERE', { socket, reason, cure, errno });
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

/** An order that was sent is carried out when the supervisor comes round to it, whoever still waits. */
export const noAnswer = (
  { socket, method }: Pick<ExchangeRequest, 'socket' | 'method'>,
  timeout: number,
): TsvisorError =>
  new TsvisorError('NO_ANSWER', {
    socket,
    seconds: timeout / 1000,
    order: method === 'POST' ? '; what was asked for may still be done' : '',
  });

/** Refuses with NOT_RUNNING_HERE, or with NO_ANSWER when connected without a reply in time. */
export const exchange = (request: ExchangeRequest): Promise<ExchangeReply> =>
  new Promise((resolve, reject) => {
    const { socket: path, timeout, onSlow } = request;
    const chunks: Buffer[] = [];
    let size = 0;
    const socket = connect(path);
    const silence = tellSlow(timeout === null ? undefined : onSlow);
    socket.once('data', silence).once('close', silence);
    const refuse = (error: TsvisorError): void => {
      socket.destroy();
      reject(error);
    };
    if (timeout !== null) socket.setTimeout(timeout, () => refuse(noAnswer(request, timeout)));
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
