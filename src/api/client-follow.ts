// How does `tsvisor ctl` follow a log of any supervisord or tsvisor?

import { request, type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { addressOf, connectionError, credentials, RpcError, type RpcTarget } from './client-rpc.ts';

const placeOf = (url: string): RequestOptions => {
  const { connect } = addressOf(url);
  if ('path' in connect) return { socketPath: connect.path, host: 'localhost' };
  return connect;
};

const answerTo = (sent: ClientRequest): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    sent.once('response', resolve);
    sent.once('error', (error) => reject(connectionError(error)));
  });

export interface Following {
  /** Resolves when the server ended the stream or `close` was called; refuses with an RpcError. */
  readonly ended: Promise<void>;
  close(): void;
}

interface FollowRequest {
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
  const sent = request({ ...placeOf(target.url), agent: false, path, headers });
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
