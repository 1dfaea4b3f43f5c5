// How does an event reach an address on the web? One POST, no redirect, no longer than it may take.

import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import type { ClientRequest, RequestOptions } from 'node:http';
import type { HookAct } from '../model/hook.ts';
import type { HookFailure, Send } from './hook.ts';

type WebhookAct = Extract<HookAct, { kind: 'webhook' }>;

/** Statuses by which a server asks for patience. */
const PATIENT: ReadonlySet<number> = new Set([408, 425, 429]);

const AGENT = 'tsvisor';

/** Bytes that a server may answer with before the connection is cut: more than any of them has to say. */
const MAX_BODY_BYTES = 65_536;
const MAX_HEADERS_FILE_BYTES = 65_536;

/** `Name: value` on each line; empty lines and comments are passed over. */
const parseHeaders = (text: string): Record<string, string> =>
  Object.fromEntries(
    text.split('\n').flatMap((line) => {
      const colon = line.indexOf(':');
      if (colon < 1 || line.startsWith('#')) return [];
      return [[line.slice(0, colon).trim(), line.slice(colon + 1).trim()]];
    }),
  );

/** Never waits for a named pipe, never reads for ever. */
const readHeaders = (path: string): Record<string, string> => {
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stat = fstatSync(file);
    if (!stat.isFile() || stat.size > MAX_HEADERS_FILE_BYTES)
      throw new Error(`${path} is no regular file of ${MAX_HEADERS_FILE_BYTES} bytes at most`);
    return parseHeaders(readFileSync(file, 'utf8'));
  } finally {
    closeSync(file);
  }
};

const judgeStatus = (status: number): HookFailure | null => {
  if (status >= 200 && status < 300) return null;
  if (status >= 300 && status < 400)
    return { why: `it answered ${status}: redirects are not followed, write the final address`, final: true };
  return { why: `it answered ${status}`, final: status < 500 && !PATIENT.has(status) };
};

const words = (error: Error): string =>
  error.message === '' && 'code' in error ? String(error.code) : error.message;

const begin = async (url: URL, options: RequestOptions): Promise<ClientRequest> => {
  // TLS is half a megabyte that plain addresses do not need.
  const { request } = url.protocol === 'https:' ? await import('node:https') : await import('node:http');
  return request(url, options);
};

/** Resolves when the status is known; the body is not looked at, and a long one is not read to its end. */
const answered = (request: ClientRequest, body: Buffer, timeout: number): Promise<HookFailure | null> =>
  new Promise((resolve) => {
    const timer = setTimeout(
      () => request.destroy(new Error(`no answer within ${timeout} s`)),
      timeout * 1000,
    );
    request.once('close', () => clearTimeout(timer));
    request.once('response', (response) => {
      resolve(judgeStatus(response.statusCode ?? 0));
      response.on('error', () => response.destroy());
      let read = 0;
      response.on('data', (piece: Buffer) => {
        read += piece.length;
        if (read > MAX_BODY_BYTES) response.destroy();
      });
    });
    request.on('error', (error) => resolve({ why: words(error), final: false }));
    request.end(body);
  });

const headersOf = ({ headers, headersFile }: WebhookAct): Record<string, string> => ({
  'user-agent': AGENT,
  'content-type': 'application/json',
  ...headers,
  ...(headersFile === null ? {} : readHeaders(headersFile)),
});

/** `timeout` in seconds. */
export const webhookTo =
  (act: WebhookAct, timeout: number): Send =>
  async (message, abort) => {
    const body = Buffer.from(JSON.stringify(message));
    try {
      const headers = { ...headersOf(act), 'content-length': body.length };
      // Without an agent: the connection is closed behind the answer.
      const options = { method: 'POST', headers, agent: false, signal: abort } as const;
      return await answered(await begin(new URL(act.url), options), body, timeout);
    } catch (error) {
      // A file of headers that cannot be read, or says what is no header: both can be mended meanwhile.
      return { why: error instanceof Error ? words(error) : String(error), final: false };
    }
  };
