// How is a page sent, so that a browser runs nothing but our script and tells nobody about it?

import type { ServerResponse } from 'node:http';

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  'img-src data:',
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

/** `same-origin`, since without a referrer a browser hides the origin of our own forms too. */
const SAFE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

export interface PageReply {
  readonly status: number;
  readonly text: string;
  readonly cookies?: readonly string[];
}

export const sendPage = (response: ServerResponse, { status, text, cookies = [] }: PageReply): void => {
  response.writeHead(status, {
    ...SAFE_HEADERS,
    'content-type': 'text/html; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    ...(cookies.length > 0 && { 'set-cookie': [...cookies] }),
  });
  response.end(text);
};

/** 303: the browser asks for the other page by GET. */
export const redirect = (
  response: ServerResponse,
  {
    status,
    to,
    cookies = [],
  }: { readonly status: 301 | 303; readonly to: string; readonly cookies?: readonly string[] },
): void => {
  response.writeHead(status, {
    location: to,
    'content-length': 0,
    'cache-control': 'no-store',
    ...(cookies.length > 0 && { 'set-cookie': [...cookies] }),
  });
  response.end();
};

export const sendAsset = (response: ServerResponse, type: string, text: string): void => {
  response.writeHead(200, {
    'content-type': type,
    'content-length': Buffer.byteLength(text),
    'cache-control': 'max-age=31536000, immutable',
    'x-content-type-options': 'nosniff',
  });
  response.end(text);
};

export const sendLines = (response: ServerResponse, lines: Readonly<Record<string, unknown>>): void => {
  const text = JSON.stringify(lines);
  response.writeHead(200, {
    ...SAFE_HEADERS,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
  });
  response.end(text);
};
