// How is a command of the operator's run beside the programs? Without a shell, bounded in time, and its failure is told.

import { spawn } from 'node:child_process';
import { splitCommand } from '../model/command-line.ts';

/** Milliseconds after which it is killed. */
const PATIENCE_MS = 60_000;

/** `failed` hears why it could not run or did not succeed; not called when it ended with status 0. */
export const runHook = (
  command: string,
  variables: Readonly<Record<string, string>>,
  failed: (why: string) => void,
): void => {
  const split = splitCommand(command);
  const [file, ...args] = split.refused === undefined ? split.words : [];
  if (file === undefined) {
    failed(split.refused ?? 'the command is empty');
    return;
  }
  const child = spawn(file, args, {
    env: { ...process.env, ...variables },
    stdio: 'ignore',
    timeout: PATIENCE_MS,
    killSignal: 'SIGKILL',
  });
  child.on('error', (error) => failed(error.message));
  child.on('exit', (code, signal) => {
    if (code !== 0)
      failed(signal === null ? `it ended with status ${code ?? '?'}` : `it was killed by ${signal}`);
  });
};
