// What does the meaning of a config depend on besides its text? The environment, the users, the folders that exist.

import { statSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import type { SchedulePlan } from '../model/duty.ts';
import type { Refusal } from './refusal.ts';
import { assumedUsers, machineUsers } from './users.ts';
import type { UserDatabase } from './users.ts';

export interface World {
  readonly env: Readonly<Record<string, string>>;
  /** Absolute folder that relative paths are relative to. */
  readonly cwd: string;
  readonly hostname: string;
  /** Where AUTO logs go when the config does not say. */
  readonly tempDir: string;
  readonly uid: number;
  readonly users: UserDatabase;
  readonly isDirectory: (path: string) => boolean;
  /** There when a file has a schedule: why one cannot be read, or null. */
  readonly refuseCron?: (when: Pick<SchedulePlan, 'cron' | 'timezone'>) => Refusal | null;
}

export interface WorldOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly hostname?: string;
  /** Takes users, groups and directories as there; for reading a config away from its machine. */
  readonly assumeExists?: boolean;
  readonly users?: UserDatabase;
}

/** Asks the file system once per folder. */
const directoryTest = (): ((path: string) => boolean) => {
  const known = new Map<string, boolean>();
  return (path) => {
    const answer = known.get(path) ?? statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
    known.set(path, answer);
    return answer;
  };
};

const withoutGaps = (env: NodeJS.ProcessEnv): Record<string, string> =>
  Object.fromEntries(Object.entries(env).filter((pair): pair is [string, string] => pair[1] !== undefined));

export const worldOf = (options: WorldOptions): World => ({
  env: withoutGaps(options.env ?? process.env),
  cwd: options.cwd ?? process.cwd(),
  hostname: options.hostname ?? hostname(),
  tempDir: tmpdir(),
  uid: process.getuid?.() ?? 0,
  users: options.users ?? (options.assumeExists === true ? assumedUsers() : machineUsers()),
  isDirectory: options.assumeExists === true ? () => true : directoryTest(),
});
