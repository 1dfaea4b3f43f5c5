// Which pages does this supervisor show beside its API? The metrics; each loaded with its first request.

import type { ServerResponse } from 'node:http';
import type { Pages } from '../api/answer.ts';
import type { Seen } from './seen.ts';

const sendMetrics = async (
  response: ServerResponse,
  accept: string | undefined,
  seen: Seen,
): Promise<void> => {
  const [{ familiesOf }, { CONTENT_TYPES, dialectFor, expose }] = await Promise.all([
    import('../metrics/page.ts'),
    import('../metrics/exposition.ts'),
  ]);
  const dialect = dialectFor(accept);
  const body = expose(familiesOf(await seen.picture()), dialect);
  response.writeHead(200, {
    'content-type': CONTENT_TYPES[dialect],
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  response.end(body);
};

export const pagesOf =
  (seen: Seen): Pages =>
  async (request, response, { path }) => {
    if (path !== '/metrics' || request.method !== 'GET') return false;
    await sendMetrics(response, request.headers.accept, seen);
    return true;
  };
