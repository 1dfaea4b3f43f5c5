#!/usr/bin/env node
// The command line: argv in, exit status out; every error said once, on stderr.

import { TsvisorError } from '../model/errors.ts';
import { complain, complainOf } from './complain.ts';
import { runProgram } from './program.ts';
import { openTerminal, type Terminal } from './terminal.ts';

const BUG = 70;

const sayWhy = (error: unknown, terminal: Terminal): number => {
  if (error instanceof TsvisorError) return complainOf(terminal, error);
  const details = error instanceof Error ? (error.stack ?? error.message) : String(error);
  complain(terminal, `tsvisor failed: ${details}`, 'this is a bug in tsvisor');
  return BUG;
};

const terminal = openTerminal();
process.exitCode = await runProgram(process.argv.slice(2), terminal).catch((error: unknown) =>
  sayWhy(error, terminal),
);
