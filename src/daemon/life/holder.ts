// Who holds this instance? A note in the runtime folder for those who come second, and for the supervisor after us.

import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from '../../kernel/own-file.ts';

export interface Holder {
  readonly pid: number;
  readonly socket: string;
  readonly config: string;
}

const pathIn = (folder: string): string => join(folder, 'holder.json');

/** Pid in the note of the last supervisor; null when there is no note that can be read. */
export const lastHolderPid = (folder: string): number | null => {
  try {
    const note: unknown = JSON.parse(readFileSync(pathIn(folder), 'utf8'));
    return typeof note === 'object' && note !== null && 'pid' in note && typeof note.pid === 'number'
      ? note.pid
      : null;
  } catch {
    // No note: then nobody is remembered.
    return null;
  }
};

export const writeHolder = (folder: string, holder: Holder): void =>
  replaceFile(pathIn(folder), `${JSON.stringify(holder)}\n`);

export const removeHolder = (folder: string): void => rmSync(pathIn(folder), { force: true });
