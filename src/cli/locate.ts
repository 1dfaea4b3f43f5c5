// Which config is meant, and on which socket does its supervisor answer?

import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { findConfig } from '../config/find.ts';
import { controlSocket, defaultRuntimeDir } from '../config/runtime.ts';
import type { Invocation } from './commands.ts';

/** The file that was named, or the first of the search order. Refuses with NO_CONFIG. */
export const configFile = (named: string | undefined): string =>
  named ?? findConfig({ program: process.argv[1] ?? '' });

/**
 * The folder that a file names, taken as it is written, if a socket is there: a config need not be read for that, and one that has become wrong must not hide the
 * supervisor that runs with it.
 */
const socketWrittenIn = (file: string): string | null => {
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) return null;
  const written = /^\s*runtime_dir\s*[=:]\s*(\S+)\s*$/m.exec(readFileSync(file, 'utf8'))?.[1];
  if (written === undefined) return null;
  const folder = written.replaceAll('%(here)s', dirname(resolve(file)));
  const socket = controlSocket(resolve(dirname(file), folder));
  return existsSync(socket) ? socket : null;
};

const socketOf = async (file: string): Promise<string> => {
  const written = socketWrittenIn(file);
  if (written !== null) return written;
  const { loadPlace } = await import('./place.ts');
  return (await loadPlace(file)).socket;
};

/** Path of the control socket. A config is read only when the default place has none: it may name another. */
export const locate = async ({ socket, config }: Invocation['options']): Promise<string> => {
  if (socket !== undefined) return socket;
  const file = configFile(config);
  const usual = controlSocket(defaultRuntimeDir(file));
  return existsSync(usual) ? usual : socketOf(file);
};
