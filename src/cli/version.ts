// `tsvisor version`: which version is this, and what is in it?

import { readVersion } from '../config/version.ts';
import type { Run } from './commands.ts';

export const run: Run = async ({ options, terminal }) => {
  const version = readVersion();
  if (options.json !== true && options.verbose !== true) {
    terminal.out(version);
    return 0;
  }
  const { contents, contentLines } = await import('./contents.ts');
  const all = contents(version);
  terminal.out(options.json === true ? JSON.stringify(all, null, 2) : contentLines(all));
  return 0;
};
