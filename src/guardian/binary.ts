// Where is the guardian of this machine? The one that was built here, else the one that the package brought.

import { accessSync, constants } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface Binary {
  readonly path: string;
  readonly origin: 'built here' | 'prebuilt';
}

/** From src/guardian, dist/guardian and dist/bundle alike. */
const pathOf = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));

const CANDIDATES = [
  { name: 'dist/guardian/guardian', origin: 'built here' },
  { name: `prebuilt/guardian-${process.arch}`, origin: 'prebuilt' },
] as const;

const canRun = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Missing or not executable: both mean that there is none.
    return false;
  }
};

/** Null where no compiler was there and the package has none for this architecture: portable mode. */
export const findGuardian = (): Binary | null =>
  CANDIDATES.map(({ name, origin }) => ({ path: pathOf(name), origin })).find(({ path }) => canRun(path)) ??
  null;
