// Which version is this? The package's own manifest, two folders up from src as from dist.

import { readFileSync } from 'node:fs';

const isPackage = (value: unknown): value is { readonly version: string } =>
  typeof value === 'object' && value !== null && 'version' in value && typeof value.version === 'string';

export const readVersion = (): string => {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return isPackage(manifest) ? manifest.version : 'unknown';
};
