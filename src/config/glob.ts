// Which files does a pattern match? Python's glob: * ? [set] [!set], no braces, ** is *, a leading dot must be written.

import { lstatSync, readdirSync } from 'node:fs';
import type { IncludeRoom } from './include-room.ts';

const MAGIC = /[*?[]/;

const exists = (path: string): boolean => {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false; // Below a file, or in a folder that is not ours to look into.
  }
};

const isFolder = (path: string): boolean => exists(`${path}/.`);

const entriesOf = (folder: string): string[] => {
  try {
    return readdirSync(folder === '' ? '.' : folder);
  } catch {
    return []; // Not there or not readable: nothing matches in it.
  }
};

/** The set that opens at `at`, as a regular expression and where it ends; null for a bracket that never closes. */
const setAt = (pattern: string, at: number): { readonly source: string; readonly end: number } | null => {
  const body = pattern[at + 1] === '!' ? at + 2 : at + 1;
  const close = pattern.indexOf(']', pattern[body] === ']' ? body + 1 : body);
  if (close === -1) return null;
  const inner = pattern.slice(body, close).replaceAll(/[\\^\]]/g, String.raw`\$&`);
  const source = `[${body === at + 2 ? '^' : ''}${inner}]`;
  try {
    return { source: new RegExp(source, 'u').source, end: close + 1 };
  } catch {
    return { source: '(?!)', end: close + 1 }; // A range that runs backwards matches nothing.
  }
};

const matcher = (pattern: string): RegExp => {
  let source = '';
  let at = 0;
  while (at < pattern.length) {
    const set = pattern[at] === '[' ? setAt(pattern, at) : null;
    const character = String.fromCodePoint(pattern.codePointAt(at) ?? 0);
    if (set !== null) source += set.source;
    else if (character === '*') source += source.endsWith('.*') ? '' : '.*';
    else if (character === '?') source += '.';
    else source += character.replace(/[$()*+./?[\\\]^{|}]/, String.raw`\$&`);
    at = set === null ? at + character.length : set.end;
  }
  return new RegExp(`^${source}$`, 'su');
};

const join = (folder: string, name: string): string =>
  folder === '' || folder.endsWith('/') ? folder + name : `${folder}/${name}`;

/** Names in folders that may still be looked at; below zero it was too much, and what was found is not all. */
type Patience = Pick<IncludeRoom, 'names'>;

const inFolder = (folder: string, pattern: string, patience: Patience): string[] => {
  if (!MAGIC.test(pattern)) {
    const path = join(folder, pattern);
    return pattern === '' ? (isFolder(folder) ? [path] : []) : exists(path) ? [path] : [];
  }
  if (patience.names < 0) return [];
  const test = matcher(pattern);
  const entries = entriesOf(folder);
  patience.names -= entries.length;
  return entries
    .filter((name) => (pattern.startsWith('.') || !name.startsWith('.')) && test.test(name))
    .map((name) => join(folder, name));
};

/** Paths that match, unsorted. */
export const glob = (pattern: string, patience: Patience = { names: Infinity }): string[] => {
  if (!MAGIC.test(pattern)) return exists(pattern.replace(/(?<=.)\/$/, '')) ? [pattern] : [];
  const slash = pattern.lastIndexOf('/');
  const folder = slash === -1 ? '' : pattern.slice(0, slash + 1);
  const name = pattern.slice(slash + 1);
  const bare = folder.replace(/(?<=[^/])\/+$/, '');
  const folders = bare !== '' && MAGIC.test(bare) ? glob(bare, patience) : [bare];
  return folders.flatMap((found) => inFolder(found, name, patience));
};
