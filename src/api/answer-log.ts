// How does a client follow a log? A reply that never ends, in chunks: /logtail/NAME[/stdout|/stderr] and /mainlogtail.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { TsvisorError } from '../model/errors.ts';
import { isGroupForm, specOf } from './batch.ts';
import type { LogName } from './log-text.ts';
import { pour, sendStatus } from './send.ts';

/** Refuses with a TsvisorError when there is no such log; the stream ends with the signal. */
export type Follow = (log: LogName, signal: AbortSignal) => AsyncIterable<Uint8Array>;

const isStream = (text: string): text is LogName['stream'] => text === 'stdout' || text === 'stderr';

/** Null when the path names no log. */
const logOf = (path: string): LogName | null => {
  const [word, name = '', stream = 'stdout', ...more] = path.split('/').slice(1);
  if (word === 'mainlogtail') return { name: null, stream: 'stdout' };
  if (name === '' || more.length > 0 || !isStream(stream) || isGroupForm(name)) return null;
  return { name: specOf(name), stream };
};

const open = (path: string, follow: Follow, signal: AbortSignal): AsyncIterable<Uint8Array> | null => {
  const log = logOf(path);
  if (log === null) return null;
  try {
    return follow(log, signal);
  } catch (error) {
    if (error instanceof TsvisorError) return null;
    throw error;
  }
};

export const answerLog = async (
  request: IncomingMessage,
  response: ServerResponse,
  { path, follow }: { readonly path: string; readonly follow: Follow },
): Promise<void> => {
  if (request.method !== 'GET') return sendStatus(response, 400);
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const pieces = open(path, follow, gone.signal);
  if (pieces === null) return sendStatus(response, 404);
  response.writeHead(200, {
    'content-type': 'text/plain;charset=utf-8',
    'x-accel-buffering': 'no',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.flushHeaders();
  await pour(response, pieces);
};
