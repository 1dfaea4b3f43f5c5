// Which path does a text mean, and is its folder there?

import { dirname, resolve } from 'node:path';
import { refuse, shown } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import type { World } from './world.ts';

/** `~` and `~user` at the start; an unknown user's stays as it is. */
const expandUser = (text: string, world: World): string => {
  if (!text.startsWith('~')) return text;
  const slash = text.indexOf('/');
  const name = text.slice(1, slash === -1 ? text.length : slash);
  const home =
    name === '' ? (world.env['HOME'] ?? world.users.user(String(world.uid))?.home) : world.users.home(name);
  return home === null || home === undefined
    ? text
    : home.replace(/\/+$/, '') + (slash === -1 ? '' : text.slice(slash)) || '/';
};

/** Absolute and without dots. Two leading slashes stay two, as POSIX has it. */
export const absolutePath = (text: string, world: World): string => {
  const path = resolve(world.cwd, expandUser(text, world));
  return /^\/\/(?!\/)/.test(text) ? `/${path}` : path;
};

const folderOf = (path: string): string => {
  const slash = path.lastIndexOf('/');
  return slash === -1 ? '' : slash === 0 ? '/' : path.slice(0, slash);
};

/** A file that need not be there in a folder that must; a bare name is not checked. */
export const fileInDirectory = (text: string, world: World): string | Refusal => {
  const path = expandUser(text, world);
  const folder = folderOf(path);
  if (folder === '' || world.isDirectory(folder.startsWith('/') ? folder : resolve(world.cwd, folder)))
    return path;
  return refuse(`the directory ${shown(dirname(path))} does not exist`, `mkdir -p ${dirname(path)}`);
};

export const existingDirectory = (text: string, world: World): string | Refusal => {
  const path = expandUser(text, world);
  if (path !== '' && world.isDirectory(resolve(world.cwd, path))) return path;
  return refuse(`${shown(text)} is not a directory`, text === '' ? '' : `mkdir -p ${text}`);
};
