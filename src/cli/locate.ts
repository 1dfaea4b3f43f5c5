// Which config is meant, and on which socket does its supervisor answer?

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findConfig } from '../config/find.ts';
import { defaultRuntimeDir } from '../config/runtime.ts';
import type { Invocation } from './commands.ts';

/** The file that was named, or the first of the search order. Refuses with NO_CONFIG. */
export const configFile = (named: string | undefined): string =>
  named ?? findConfig({ program: process.argv[1] ?? '' });

/** Path of the control socket. A config is read only when the default place has none: it may name another. */
export const locate = async ({ socket, config }: Invocation['options']): Promise<string> => {
  if (socket !== undefined) return socket;
  const file = configFile(config);
  const usual = join(defaultRuntimeDir(file), 'tsvisor.sock');
  if (existsSync(usual)) return usual;
  const { loadPlace } = await import('./place.ts');
  return (await loadPlace(file)).socket;
};
