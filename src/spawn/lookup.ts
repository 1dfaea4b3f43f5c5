// Which file does a command mean, and with which arguments? supervisord's rules and texts.

import { accessSync, constants, statSync, type Stats } from 'node:fs';
import { join, resolve } from 'node:path';
import { splitCommand } from '../model/command-line.ts';

/** `file` is absolute when the command word had a `/`; `args` begins with the command word as written. */
export interface CommandLine {
  readonly file: string;
  readonly args: readonly string[];
}

export type Lookup = CommandLine | { readonly error: string };

/** supervisord's, for an environment without PATH. */
const DEFAULT_PATH = '/bin:/usr/bin:/usr/local/bin';

/** A word inside quotes the way Python's repr writes it, since clients know supervisord's texts. */
const quoted = (word: string): string => {
  const mark = word.includes("'") && !word.includes('"') ? '"' : "'";
  const escaped = word
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replaceAll('\t', '\\t')
    .replaceAll('\r', '\\r');
  return mark + (mark === "'" ? escaped.replaceAll("'", "\\'") : escaped) + mark;
};

const look = (file: string): Stats | null => statSync(file, { throwIfNoEntry: false }) ?? null;

const lookOrNothing = (file: string): Stats | null => {
  try {
    return look(file);
  } catch {
    // A folder of PATH that may not be searched or is no folder: supervisord passes over it too.
    return null;
  }
};

const mayRun = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    // Any refusal has the same text: no permission.
    return false;
  }
};

interface Found {
  readonly file: string;
  readonly stats: Stats;
}

/** The first entry that exists, even if it cannot be run. */
const search = (word: string, where: { path: string; directory: string }): Found | null => {
  const files = word.includes('/')
    ? [resolve(where.directory, word)]
    : where.path.split(':').map((folder) => join(folder, word));
  for (const file of files) {
    const stats = lookOrNothing(file);
    if (stats !== null) return { file, stats };
  }
  return null;
};

const refusal = ({ file, stats }: Found): string | null => {
  if (stats.isDirectory()) return `command at ${quoted(file)} is a directory`;
  if ((stats.mode & 0o111) === 0) return `command at ${quoted(file)} is not executable`;
  return mayRun(file) ? null : `no permission to run command ${quoted(file)}`;
};

/**
 * Splits `command` and finds its file: by PATH of `env`, or relative to `directory` (else our own) when it has a `/`.
 * Errors are supervisord's spawn errors, word for word.
 */
export const lookup = (
  command: string,
  where: { readonly env: Readonly<Record<string, string>>; readonly directory: string | null },
): Lookup => {
  const split = splitCommand(command);
  if (split.refused !== undefined)
    return { error: `can't parse command ${quoted(command)}: ${split.refused}` };
  const { words: args } = split;
  const [word] = args;
  if (word === undefined) return { error: 'command is empty' };
  const path = where.env['PATH'] ?? DEFAULT_PATH;
  const found = search(word, { path, directory: where.directory ?? process.cwd() });
  if (found === null) return { error: `can't find command ${quoted(word)}` };
  const error = refusal(found);
  return error === null ? { file: found.file, args } : { error };
};
