// How is an answer written to a client that may read slowly, or not at all?

import { STATUS_CODES, type ServerResponse } from 'node:http';

/** A client that reads nothing of its reply for this long, in milliseconds, is cut off. */
const SLOW_READER_MS = 30_000;

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string | Uint8Array;
}

export const send = (response: ServerResponse, { status, type, body }: Answer): void => {
  if (response.destroyed) return;
  response.socket?.setTimeout(SLOW_READER_MS);
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(body);
};

export const sendJson = (response: ServerResponse, status: number, value: unknown): void =>
  send(response, { status, type: 'application/json; charset=utf-8', body: JSON.stringify(value) });

/** For browsers and clients of supervisord: the reason in words. */
export const sendStatus = (response: ServerResponse, status: number): void => {
  const reason = STATUS_CODES[status] ?? 'Error';
  const body = `<html><head><title>${reason}</title></head><body><h1>${status} ${reason}</h1></body></html>\n`;
  send(response, { status, type: 'text/html; charset=utf-8', body });
};

/** Resolves when the client has taken what was written, or is gone. */
const taken = (response: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    const settle = (): void => {
      response.off('drain', settle);
      response.off('close', settle);
      resolve();
    };
    response.on('drain', settle);
    response.on('close', settle);
  });

/** Asks for the next piece only when the client has taken the one before: no more than one is held. */
export const pour = async (
  response: ServerResponse,
  pieces: AsyncIterable<string | Uint8Array>,
): Promise<void> => {
  for await (const piece of pieces) {
    if (response.destroyed) return;
    if (!response.write(piece)) await taken(response);
  }
  response.end();
};

/** The same for a reply that ends: a client that stops reading is cut off. */
export const pourOnce = async (
  response: ServerResponse,
  type: string,
  pieces: AsyncIterable<string | Uint8Array>,
): Promise<void> => {
  response.socket?.setTimeout(SLOW_READER_MS);
  response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' });
  await pour(response, pieces);
};
