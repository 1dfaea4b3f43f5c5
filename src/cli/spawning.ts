// With which command line does a supervisor begin, under its guardian where there is one?

import { fileURLToPath } from 'node:url';
import { instanceOf, lockName } from '../config/runtime.ts';
import { findGuardian } from '../guardian/binary.ts';
import { makeRuntimeFolder } from './life/last-words.ts';
import type { Place } from './place.ts';

/** Small young generation: the supervisor allocates little; a bounded old one: a leak must not eat the machine. */
const NODE_FLAGS = ['--max-semi-space-size=1', '--max-old-space-size=256'] as const;

/** The descriptor on which the first supervisor reports `ready`, or `error TEXT`. */
export const REPORT_FD = 4;

/** Exit status of guardian and supervisor when another one holds the instance's lock. */
export const LOCK_HELD = 193;

export interface CommandLine {
  readonly file: string;
  readonly words: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
}

const DAEMON = fileURLToPath(new URL('../daemon.js', import.meta.url));

/** What a tsvisor around us tells its own supervisor is not for ours. */
const ownEnvironment = (foreground: boolean): NodeJS.ProcessEnv => {
  const { TSVISOR_GUARDIAN: _, TSVISOR_REPORT_FD: __, TSVISOR_COOKIE: ___, ...rest } = process.env;
  const environment = { ...rest, TSVISOR_STARTER: String(process.pid) };
  return foreground ? environment : { ...environment, TSVISOR_REPORT_FD: String(REPORT_FD) };
};

/** Makes the runtime folder too: the lock's name is that of the folder's real path. */
export const commandLine = (place: Place, foreground: boolean): CommandLine => {
  makeRuntimeFolder(place);
  const { plan, runtimeDir } = place;
  const supervisor = [
    ...NODE_FLAGS,
    DAEMON,
    '--config',
    plan.file,
    '--runtime',
    runtimeDir,
    ...(foreground ? ['--foreground'] : []),
  ];
  const environment = ownEnvironment(foreground);
  const guardian = findGuardian();
  if (guardian === null) return { file: process.execPath, words: supervisor, environment };
  const report = foreground ? [] : ['-R', String(REPORT_FD)];
  const lock = lockName(instanceOf(runtimeDir));
  const words = ['guard', '-l', lock, ...report, '--', process.execPath, ...supervisor];
  return { file: guardian.path, words, environment };
};
