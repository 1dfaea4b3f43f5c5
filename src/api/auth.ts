// May this request in? HTTP basic authentication as supervisord's server sections ask for it.

import { createHash, timingSafeEqual } from 'node:crypto';

export interface Credentials {
  readonly username: string;
  /** Plain, or `{SHA}` followed by the hexadecimal SHA-1 of the password. */
  readonly password: string;
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Compares digests, so that neither length nor content shows in the time. */
const same = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));

const passwordMatches = (stored: string, given: string): boolean =>
  stored.startsWith('{SHA}')
    ? same(stored.slice(5).toLowerCase(), createHash('sha1').update(given).digest('hex'))
    : same(stored, given);

/** `header` is the request's Authorization header. */
export const admits = (credentials: Credentials, header: string | undefined): boolean => {
  const encoded = /^Basic\s+(\S+)$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return false;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon === -1) return false;
  const nameMatches = same(credentials.username, text.slice(0, colon));
  return passwordMatches(credentials.password, text.slice(colon + 1)) && nameMatches;
};
