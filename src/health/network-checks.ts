// Does a port accept, and does an address answer as it should? Checks over the network.

import { get as getHttp, type IncomingMessage, type RequestOptions } from 'node:http';
import { connect } from 'node:net';
import type { Check } from '../model/duty.ts';
import { shownAddress } from '../model/secrets.ts';
import type { RunCheck } from './monitor.ts';

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EHOSTUNREACH: 'host unreachable',
  ENOTFOUND: 'no such host',
};

const reasonOf = (error: Error): string =>
  ('code' in error ? REASONS[String(error.code)] : undefined) ?? (error.message || 'failed');

export const checkTcp =
  ({ host, port }: Extract<Check, { kind: 'tcp' }>): RunCheck =>
  (abort) =>
    new Promise((resolve) => {
      const socket = connect({ host, port, signal: abort });
      const end = (failure: string | null): void => {
        socket.destroy();
        resolve(failure === null ? null : `${host}:${port}: ${failure}`);
      };
      socket.once('connect', () => end(null));
      socket.once('error', (error) => end(reasonOf(error)));
    });

const statusWords = ({ url, status }: Extract<Check, { kind: 'http' }>, got: number): string | null => {
  const isWanted = status === null ? got >= 200 && got < 400 : got === status;
  return isWanted
    ? null
    : `${shownAddress(url)} answered ${got}${status === null ? '' : ` instead of ${status}`}`;
};

type Get = (
  url: string,
  options: RequestOptions,
  answered: (message: IncomingMessage) => void,
) => ReturnType<typeof getHttp>;

/** TLS costs a megabyte: it is loaded only where an address asks for it. */
const getterOf = async (url: string): Promise<Get> =>
  url.startsWith('https:') ? (await import('node:https')).get : getHttp;

/** A redirect is an answer; who is behind a certificate does not matter for that. */
export const checkHttp =
  (check: Extract<Check, { kind: 'http' }>): RunCheck =>
  async (abort) => {
    const get = await getterOf(check.url);
    return new Promise((resolve) => {
      const options = {
        signal: abort,
        agent: false,
        rejectUnauthorized: false,
        headers: { 'user-agent': 'tsvisor' },
      };
      const request = get(check.url, options, (message) => {
        resolve(statusWords(check, message.statusCode ?? 0));
        message.destroy();
      });
      request.on('error', (error) => resolve(`${shownAddress(check.url)}: ${reasonOf(error)}`));
    });
  };
