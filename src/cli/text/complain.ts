// How does an error look to people? `error: what` and `hint: what to do`, on stderr.

import { TsvisorError } from '../../model/errors.ts';
import { formatProblem, type Problem } from '../../model/problem.ts';
import { painter, type Terminal } from './terminal.ts';

export const complain = (terminal: Terminal, message: string, hint = ''): void => {
  const paint = painter(terminal.color);
  terminal.err(`${paint('red', 'error:')} ${message}`);
  if (hint !== '') terminal.err(`${paint('yellow', 'hint:')} ${hint}`);
};

const BUG = 70;

/** Answers the exit status: a refusal's from the registry; anything else is a bug. */
export const complainOfAny = (terminal: Terminal, error: unknown): number => {
  if (error instanceof TsvisorError) {
    complain(terminal, error.message, error.hint);
    return error.row.exit;
  }
  const details = error instanceof Error ? (error.stack ?? error.message) : String(error);
  complain(terminal, `tsvisor failed: ${details}`, 'this is a bug in tsvisor');
  return BUG;
};

export const warn = (terminal: Terminal, warnings: readonly Problem[]): void => {
  for (const warning of warnings) terminal.err(`warning: ${formatProblem(warning)}`);
};
