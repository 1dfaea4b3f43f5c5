// `tsvisor import`: which tsvisor.yaml says the same as a supervisord ini file?

import { importConfig } from '../config/import.ts';
import { badConfig } from '../model/problem.ts';
import type { Run } from './commands.ts';
import { complain, warn } from './text/complain.ts';
import { configFile } from './locate.ts';

const UNEQUAL = 1;

export const run: Run = async ({ words, options, terminal }) => {
  const file = words[0] ?? configFile(options.config);
  const { assumeExists = false, keepCommands = false } = options;
  const imported = await importConfig(file, { assumeExists, keepCommands });
  if (imported.text === null) throw badConfig(imported.problems);
  warn(terminal, imported.warnings);
  terminal.out(imported.text.trimEnd());
  for (const what of imported.unequal) complain(terminal, `the YAML says otherwise than ${file}: ${what}`);
  return imported.unequal.length === 0 ? 0 : UNEQUAL;
};
