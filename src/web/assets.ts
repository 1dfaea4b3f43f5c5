// Under which names are style and script kept by browsers? Names that change with their content.

import { createHash } from 'node:crypto';
import { SCRIPT } from './script.ts';
import { STYLE } from './style.ts';

interface Asset {
  readonly path: string;
  readonly href: string;
  readonly type: string;
  readonly text: string;
}

const asset = (path: string, type: string, text: string): Asset => {
  const version = createHash('sha256').update(text).digest('base64url').slice(0, 8);
  return { path, href: `${path}?v=${version}`, type, text };
};

export const ASSETS = {
  style: asset('/style.css', 'text/css; charset=utf-8', STYLE.trim()),
  script: asset('/script.js', 'text/javascript; charset=utf-8', SCRIPT),
};
