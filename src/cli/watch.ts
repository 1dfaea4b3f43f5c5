// How does a command show the same thing again and again, until somebody has seen enough?

import { setTimeout as pause } from 'node:timers/promises';
import { TsvisorError } from '../model/errors.ts';
import { complain } from './text/complain.ts';
import type { Terminal } from './text/terminal.ts';

const EVERY_MS = 1000;

/** Cursor home; then what was below is cleared, so that nothing flickers. */
const HOME = '\u001B[H';
const CLEAR_LINE_END = '\u001B[K';
const CLEAR_BELOW = '\u001B[J';

const shownBy = async (
  show: (terminal: Terminal) => Promise<number>,
  terminal: Terminal,
): Promise<readonly string[]> => {
  const lines: string[] = [];
  const keep = (text: string): void => void lines.push(...text.split('\n'));
  // The line behind the dot is read at each use: a terminal may change its width.
  const paper: Terminal = { ...terminal, columns: terminal.columns, out: keep, err: keep };
  try {
    await show(paper);
  } catch (error) {
    if (!(error instanceof TsvisorError)) throw error;
    // The supervisor may be between two lives.
    complain(paper, error.message, error.hint);
  }
  return lines;
};

/** A page that is longer would push the one before out of the top, again and again. */
const cutTo = (rows: number, lines: readonly string[]): readonly string[] => {
  const room = rows - 2;
  return lines.length < rows || room < 1
    ? lines
    : [...lines.slice(0, room), `… ${lines.length - room} more lines: \`tsvisor top\` scrolls`];
};

/** Until the reader goes away or the command is interrupted. */
export const watch = async (
  show: (terminal: Terminal) => Promise<number>,
  terminal: Terminal,
): Promise<number> => {
  while (!terminal.gone()) {
    const lines = await shownBy(show, terminal);
    if (terminal.rows === null) terminal.out(`${lines.join('\n')}\n`);
    else
      terminal.write(
        `${HOME}${cutTo(terminal.rows, lines).join(`${CLEAR_LINE_END}\n`)}${CLEAR_LINE_END}\n${CLEAR_BELOW}`,
      );
    await pause(EVERY_MS);
  }
  return 0;
};
