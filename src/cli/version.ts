// `tsvisor version`: which version is this?

import { readFileSync } from 'node:fs';
import type { Run } from './commands.ts';

const isPackage = (value: unknown): value is { readonly version: string } =>
  typeof value === 'object' && value !== null && 'version' in value && typeof value.version === 'string';

/** The package's own manifest lies two folders up, from src as from dist. */
const readVersion = (): string => {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return isPackage(manifest) ? manifest.version : 'unknown';
};

export const run: Run = ({ terminal }) => {
  terminal.out(readVersion());
  return Promise.resolve(0);
};
