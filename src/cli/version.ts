// `tsvisor version`: which version is this?

import { readVersion } from '../config/version.ts';
import type { Run } from './commands.ts';

export const run: Run = ({ terminal }) => {
  terminal.out(readVersion());
  return Promise.resolve(0);
};
