// What did a client send, and is it too much?

import type { IncomingMessage, ServerResponse } from 'node:http';
import { TsvisorError } from '../model/errors.ts';

export const MAX_BODY_BYTES = 1024 * 1024;

/** Null when it is too large; then it has not been read to its end. */
const readWithin = async (request: IncomingMessage, most: number): Promise<string | null> => {
  if (Number(request.headers['content-length'] ?? 0) > most) return null;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > most) return null;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
};

/** Refuses with BAD_REQUEST what is larger than 1 MiB; the connection is closed then. */
export const readBody = async (request: IncomingMessage, response: ServerResponse): Promise<string> => {
  const text = await readWithin(request, MAX_BODY_BYTES);
  if (text !== null) return text;
  // What was not read must not be taken for the next request.
  response.setHeader('connection', 'close');
  throw new TsvisorError('BAD_REQUEST', { reason: `the body is larger than ${MAX_BODY_BYTES} bytes` });
};
