// Where is a guardian built from the source as it is now? Built once per version of the source; null without a compiler.

import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');
const SOURCES = join(ROOT, 'src/guardian');
const SCRIPT = join(ROOT, 'scripts/build-guardian.mjs');

const build = (): string | null => {
  const hash = createHash('sha256').update(readFileSync(SCRIPT));
  for (const name of readdirSync(SOURCES).filter((one) => /\.[ch]$/.test(one)))
    hash.update(readFileSync(join(SOURCES, name)));
  const version = hash.digest('hex').slice(0, 12);
  const path = join(ROOT, `node_modules/.cache/tsvisor/guardian-${version}`);
  if (!existsSync(path)) execFileSync(process.execPath, [SCRIPT, path]);
  return existsSync(path) ? path : null;
};

const built = build();

/** For `describe.skipIf`. */
export const noCompiler = built === null;

export const guardianBinary = (): string => {
  if (built === null) throw new Error('cannot test the guardian: there is no C compiler');
  return built;
};
