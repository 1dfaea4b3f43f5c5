// Is this request meant for us? A browser can be led here by a stranger's page: by a name that points to us all of a sudden, or by a form of that page.

import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { hostname } from 'node:os';

/** Of `name:port` or `[address]:port`; without the dot that may end a full name. */
const nameIn = (host: string): string =>
  host
    .toLowerCase()
    .replace(/:\d*$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');

const isLoopbackName = (name: string): boolean => name === 'localhost' || name.endsWith('.localhost');

/**
 * Which Host headers a server takes that asks for no password. Whoever owns a name may let it point to our address and so make browsers talk to us for the
 * pages of that name; he can do that neither with an address nor with the names that are ours.
 */
export const takesHost = (ours: readonly string[]): ((host: string | undefined) => boolean) => {
  const names = new Set(
    [hostname(), ...ours].map((name) => name.toLowerCase()).filter((name) => name !== ''),
  );
  return (host) => {
    // Browsers always send it.
    if (host === undefined || host === '' || names.has('*')) return true;
    const name = nameIn(host);
    return isIP(name) !== 0 || isLoopbackName(name) || names.has(name);
  };
};

/** Whether a browser says that the page of another site sends it; other clients say nothing of the kind. */
export const isForeign = ({ origin, host, ...headers }: IncomingHttpHeaders): boolean => {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  if (origin === undefined) return false;
  try {
    return new URL(origin).host !== host;
  } catch {
    // `null`: a page that hides where it is from.
    return true;
  }
};
