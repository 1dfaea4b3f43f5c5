// Who starts the next supervisor when `restart` is asked for? Our guardian, if it lives; else we do, under a new one.

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Exit status by which the guardian knows that a restart was asked for. */
export const RESTART_STATUS = 195;

/** Exit status when another supervisor holds the instance's lock: the guardian's own, too. */
export const LOCK_HELD_STATUS = 193;

/** The words of a guardian's command line, without the report descriptor that only the first start has. */
const wordsOf = (pid: number): readonly string[] => {
  const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
  const at = words.indexOf('-R');
  return at === -1 ? words : words.toSpliced(at, 2);
};

/** Read while the guardian lives: the command that began us, to begin again with. Without a guardian it is our own. */
export const ownCommand = (guardianPid: number | null): readonly string[] =>
  guardianPid === null
    ? [process.execPath, ...process.execArgv, ...process.argv.slice(1)]
    : wordsOf(guardianPid);

export const beginAgain = (command: readonly string[]): void => {
  const [file = process.execPath, ...words] = command;
  spawn(file, words, { detached: true, stdio: 'ignore' }).unref();
};
