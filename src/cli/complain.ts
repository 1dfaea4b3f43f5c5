// How does an error look to people? `error: what` and `hint: what to do`, on stderr.

import type { TsvisorError } from '../model/errors.ts';
import { formatProblem, type Problem } from '../model/problem.ts';
import { painter, type Terminal } from './terminal.ts';

export const complain = (terminal: Terminal, message: string, hint = ''): void => {
  const paint = painter(terminal.color);
  terminal.err(`${paint('red', 'error:')} ${message}`);
  if (hint !== '') terminal.err(`${paint('yellow', 'hint:')} ${hint}`);
};

/** Answers the exit status that the registry gives the refusal. */
export const complainOf = (terminal: Terminal, refusal: TsvisorError): number => {
  complain(terminal, refusal.message, refusal.hint);
  return refusal.row.exit;
};

export const warn = (terminal: Terminal, warnings: readonly Problem[]): void => {
  for (const warning of warnings) terminal.err(`warning: ${formatProblem(warning)}`);
};
