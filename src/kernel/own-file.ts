// How is a small file of our own replaced, so that nobody ever reads half of it, whenever we die?

import { renameSync, writeFileSync } from 'node:fs';

/** For us alone (0600). Throws when it cannot be written; what was there before then stays. */
export const replaceFile = (path: string, text: string): void => {
  writeFileSync(`${path}.new`, text, { mode: 0o600 });
  renameSync(`${path}.new`, path);
};
