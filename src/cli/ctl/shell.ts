// What happens when no action is given: lines are read and run until somebody leaves.

import { errorText } from '../../model/errors.ts';
import { readFileSync, writeFileSync } from 'node:fs';
import { runLine } from './actions.ts';
import type { Session } from './session.ts';

/** No file, no history: as supervisorctl. */
export const readHistory = (file: string | null): readonly string[] => {
  if (file === null) return [];
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  } catch {
    return [];
  }
};

const saveHistory = (session: Session, file: string | null): void => {
  if (file === null || session.keyboard.history.length === 0) return;
  try {
    writeFileSync(file, `${session.keyboard.history.join('\n')}\n`, { mode: 0o600 });
  } catch (error) {
    const reason = errorText(error);
    session.terminal.err(`cannot save the history to ${file}: ${reason}`);
  }
};

export interface ShellOptions {
  readonly prompt: string;
  readonly historyFile: string | null;
}

/** Answers the exit status, which is always 0. */
export const runShell = async (session: Session, { prompt, historyFile }: ShellOptions): Promise<number> => {
  await runLine(session, 'status');
  for (;;) {
    const line = await session.keyboard.read(`${prompt}> `);
    if (line === null) session.out('');
    if (line === null || (await runLine(session, line)) === 'leave') break;
  }
  saveHistory(session, historyFile);
  return 0;
};
