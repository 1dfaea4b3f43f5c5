// Which file does a command mean, and with which arguments? supervisord's rules and texts.

import { accessSync, constants, statSync, type Stats } from 'node:fs';
import { join, resolve } from 'node:path';

/** `file` is absolute when the command word had a `/`; `args` begins with the command word as written. */
export interface CommandLine {
  readonly file: string;
  readonly args: readonly string[];
}

export type Lookup = CommandLine | { readonly error: string };

const BLANKS = ' \t\r\n';
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

/** Where a quoted part that begins at `at` ends, and what it says; null when it does not end. */
const quotedPart = (text: string, at: number): { readonly part: string; readonly end: number } | null => {
  const mark = text[at];
  let part = '';
  for (let next = at + 1; next < text.length; next += 1) {
    const letter = text[next];
    if (letter === mark) return { part, end: next + 1 };
    const escapes = mark === '"' && letter === '\\' && (text[next + 1] === '"' || text[next + 1] === '\\');
    if (escapes) next += 1;
    part += text[next] ?? '';
  }
  return null;
};

/** Splits by POSIX quoting rules: quotes and backslashes, no variables, no globs, no comments. */
export const splitCommand = (text: string): readonly string[] | { readonly error: string } => {
  const words: string[] = [];
  let word: string | null = null;
  let at = 0;
  while (at < text.length) {
    const letter = text.charAt(at);
    if (letter === '"' || letter === "'") {
      const found = quotedPart(text, at);
      if (found === null) return { error: 'No closing quotation' };
      word = (word ?? '') + found.part;
      at = found.end;
      continue;
    }
    if (BLANKS.includes(letter)) {
      if (word !== null) words.push(word);
      word = null;
    } else if (letter === '\\') {
      if (at + 1 === text.length) return { error: 'No escaped character' };
      at += 1;
      word = (word ?? '') + text.charAt(at);
    } else word = (word ?? '') + letter;
    at += 1;
  }
  return word === null ? words : [...words, word];
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
  const args = splitCommand(command);
  if ('error' in args) return { error: `can't parse command ${quoted(command)}: ${args.error}` };
  const [word] = args;
  if (word === undefined) return { error: 'command is empty' };
  const path = where.env['PATH'] ?? DEFAULT_PATH;
  const found = search(word, { path, directory: where.directory ?? process.cwd() });
  if (found === null) return { error: `can't find command ${quoted(word)}` };
  const error = refusal(found);
  return error === null ? { file: found.file, args } : { error };
};
