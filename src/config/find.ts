// Which config file is meant when none is named? supervisord's places, and in each of them tsvisor's own file first.

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { TsvisorError } from '../model/errors.ts';

const NAMES = ['tsvisor.yaml', 'tsvisor.yml', 'supervisord.conf'] as const;

export interface FindOptions {
  readonly cwd?: string;
  /** Path of the program; its folder's parent is the first place. */
  readonly program?: string;
  /** Asks the file system when absent. */
  readonly exists?: (path: string) => boolean;
}

/** Absolute, in the order they are tried. */
const foldersFor = (options: FindOptions): readonly string[] => {
  const cwd = options.cwd ?? process.cwd();
  const program = options.program ?? '';
  const parent = program.includes('/') ? dirname(dirname(program)) : cwd;
  const folders = [
    join(parent, 'etc'),
    parent,
    cwd,
    join(cwd, 'etc'),
    '/etc',
    '/etc/supervisor',
    '/etc/tsvisor',
  ];
  return [...new Set(folders)];
};

/** Absolute paths in the order they are tried. */
export const configPlaces = (options: FindOptions = {}): readonly string[] =>
  foldersFor(options).flatMap((folder) => NAMES.map((name) => join(folder, name)));

/** The first that is there. Refuses with NO_CONFIG, naming the folders that were tried. */
export const findConfig = (options: FindOptions = {}): string => {
  const found = configPlaces(options).find(options.exists ?? existsSync);
  if (found === undefined) throw new TsvisorError('NO_CONFIG', { folders: foldersFor(options).join(', ') });
  return found;
};
