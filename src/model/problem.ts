// What is wrong in a file, and where?

import { TsvisorError } from './errors.ts';

export interface Problem {
  readonly file: string;
  /** From 1; 0 when the problem is of the whole file. */
  readonly line: number;
  /** From 1; 0 when only the line is known. */
  readonly column: number;
  /** The key or section it is about; empty when it is the file. */
  readonly key: string;
  readonly message: string;
  /** What to do. */
  readonly hint: string;
  /** Set on a warning that supervisord gives in the very same words. */
  readonly verbatim?: true;
}

/** `file:line: key: message` and the hint on a line of its own. */
export const formatProblem = (problem: Problem): string => {
  const where = problem.line === 0 ? problem.file : `${problem.file}:${problem.line}`;
  const what = problem.key === '' ? problem.message : `${problem.key}: ${problem.message}`;
  return problem.hint === '' ? `${where}: ${what}` : `${where}: ${what}\n    hint: ${problem.hint}`;
};

/** The refusal of a config that cannot be used: every problem of it, a line or two each. */
export const badConfig = (problems: readonly Problem[]): TsvisorError =>
  new TsvisorError('BAD_CONFIG', { problems: problems.map(formatProblem).join('\n') });
