// Did this order really come from one of our pages? A token in every form, bound to a cookie, and the browser's word on where it comes from.

import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Strict: no other site can make a browser send it. */
const COOKIE = 'tsvisor';
const SAID = 'tsvisor-said';
const FLAGS = 'Path=/; HttpOnly; SameSite=Strict';

export interface Session {
  readonly token: string;
  /** Values of Set-Cookie headers that the reply must carry. */
  readonly cookies: readonly string[];
  readonly said: string | null;
}

const cookiesOf = (header: string): ReadonlyMap<string, string> =>
  new Map(
    header.split(';').map((pair) => {
      const [name = '', value = ''] = pair.trim().split('=', 2);
      return [name, value] as const;
    }),
  );

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    // A cookie that is not ours.
    return '';
  }
};

/** Of one supervisor: a page from the one before is told to ask again. */
const SECRET = randomBytes(32);

const tokenFor = (id: string): string => createHmac('sha256', SECRET).update(id).digest('base64url');

const isId = (text: string | undefined): text is string => text !== undefined && /^[\w-]{22}$/.test(text);

export const sessionOf = (request: IncomingMessage): Session => {
  const cookies = cookiesOf(request.headers.cookie ?? '');
  const known = cookies.get(COOKIE);
  const id = isId(known) ? known : randomBytes(16).toString('base64url');
  const said = cookies.get(SAID);
  return {
    token: tokenFor(id),
    cookies: [
      ...(id === known ? [] : [`${COOKIE}=${id}; ${FLAGS}`]),
      ...(said === undefined ? [] : [`${SAID}=; Max-Age=0; ${FLAGS}`]),
    ],
    said: said === undefined ? null : decoded(said),
  };
};

/** Shown by the next page, once. Half a character at the cut, which no URL can hold, becomes U+FFFD. */
export const saidCookie = (text: string): string =>
  `${SAID}=${encodeURIComponent(Buffer.from(text.slice(0, 1000)).toString())}; Max-Age=30; ${FLAGS}`;

/** What browsers tell of where a request comes from; those that tell nothing are left to the token. */
const isSameOrigin = ({ headers }: IncomingMessage): boolean => {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  const { origin, host } = headers;
  if (origin === undefined) return true;
  try {
    return new URL(origin).host === host;
  } catch {
    // `null`: a page that hides where it is from.
    return false;
  }
};

export const isOurs = (request: IncomingMessage, token: string): boolean => {
  const id = cookiesOf(request.headers.cookie ?? '').get(COOKIE);
  if (!isId(id) || !isSameOrigin(request)) return false;
  const [given, wanted] = [Buffer.from(token), Buffer.from(tokenFor(id))];
  return given.length === wanted.length && timingSafeEqual(given, wanted);
};
