// How does a supervisor run in the foreground, under whoever started this command?

import { spawn } from 'node:child_process';
import { writeSync } from 'node:fs';
import { constants } from 'node:os';
import { lockHeld } from './holder.ts';
import type { Place } from '../place.ts';
import { commandLine, LOCK_HELD, type CommandLine } from '../spawning.ts';

const FORWARDED = ['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const;

type Execve = (file: string, words: readonly string[], environment: NodeJS.ProcessEnv) => void;

const isExecve = (value: unknown): value is Execve => typeof value === 'function';

/** Becomes the guardian where Node can do that (22.15 and later): no waiting parent remains. */
const become = ({ file, words, environment }: CommandLine): void => {
  const execve: unknown = Reflect.get(process, 'execve');
  if (isExecve(execve)) execve.call(process, file, [file, ...words], environment);
};

const waitFor = ({ file, words, environment }: CommandLine): Promise<number> =>
  new Promise((resolve, reject) => {
    const child = spawn(file, words, { stdio: 'inherit', env: environment });
    for (const signal of FORWARDED) process.on(signal, () => child.kill(signal));
    child.once('error', reject);
    child.once('exit', (code, signal) =>
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])),
    );
  });

/** `guardian begin` has started us to ask: it becomes what is written there. */
const ASKED_FD = 3;
const isAsked = (): boolean => process.env['TSVISOR_BEGIN'] === '1';

const answer = ({ file, words }: CommandLine): number => {
  writeSync(ASKED_FD, [file, ...words].map((word) => `${word}\0`).join(''));
  return 0;
};

/** Answers the exit status of the guardian. */
export const runInForeground = async (place: Place): Promise<number> => {
  const line = commandLine(place, true);
  if (isAsked()) return answer(line);
  become(line);
  const status = await waitFor(line);
  if (status === LOCK_HELD) throw lockHeld(place);
  return status;
};
