#!/usr/bin/env node
// The command line: argv in, exit status out; every error said once, on stderr.

import { inFull, readPlainArgv } from './argv.ts';
import { openTerminal, type Terminal } from './text/terminal.ts';

const run = async (argv: readonly string[], terminal: Terminal): Promise<number> => {
  const order = readPlainArgv(argv) ?? (await import('./program.ts')).readArgv(argv, terminal);
  if (typeof order === 'number') return order;
  const { words, options, row } = order;
  return (await row.load()).run({ words, options, terminal });
};

const terminal = openTerminal();
try {
  process.exitCode = await run(inFull(process.argv.slice(2)), terminal);
} catch (error) {
  const { complainOfAny } = await import('./text/complain.ts');
  const { wholeTruth } = await import('./life/guardian.ts');
  process.exitCode = complainOfAny(terminal, wholeTruth(error));
}
