// Which pages does this supervisor show beside its API? The metrics and the web page; each loaded with its first request.

import type { ServerResponse } from 'node:http';
import type { Pages } from '../../api/answer.ts';
import type { Web } from '../../web/router.ts';
import type { Monitoring } from './monitoring.ts';

type SendMetrics = (response: ServerResponse, accept: string | undefined) => Promise<void>;

const openMetrics = async (monitoring: Monitoring): Promise<SendMetrics> => {
  const [{ familiesOf }, { Columns }, { CONTENT_TYPES, dialectFor, expose }] = await Promise.all([
    import('../../metrics/page.ts'),
    import('../../metrics/columns.ts'),
    import('../../metrics/exposition.ts'),
  ]);
  const columns = new Columns();
  return async (response, accept) => {
    const dialect = dialectFor(accept);
    const pieces = expose(familiesOf(await monitoring.picture(), columns), dialect);
    response.writeHead(200, {
      'content-type': CONTENT_TYPES[dialect],
      'content-length': pieces.reduce((sum, { length }) => sum + length, 0),
      'cache-control': 'no-store',
    });
    response.cork();
    for (const piece of pieces) response.write(piece);
    response.end(() => monitoring.tally.told());
  };
};

const openWeb = async (monitoring: Monitoring): Promise<Web> =>
  (await import('../../web/router.ts')).createWeb(monitoring);

export const pagesOf = (monitoring: Monitoring): Pages => {
  let metrics: Promise<SendMetrics> | null = null;
  let web: Promise<Web> | null = null;
  return async (request, response, asked) => {
    if (asked.path === '/metrics' && request.method === 'GET') {
      metrics ??= openMetrics(monitoring);
      await (
        await metrics
      )(response, request.headers.accept);
      return true;
    }
    web ??= openWeb(monitoring);
    return (await web)(request, response, asked);
  };
};
