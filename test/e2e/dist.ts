// What is tested end to end? The built dist, and only one that is as new as its sources.

import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

export const CLI = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const SOURCES = fileURLToPath(new URL('../../src', import.meta.url));

/** A dist that is older than src would be the test of another program. */
export const assertBuilt = (): void => {
  const sources = readdirSync(SOURCES, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const newest = Math.max(...sources.map(({ parentPath, name }) => statSync(join(parentPath, name)).mtimeMs));
  if (!existsSync(CLI) || statSync(CLI).mtimeMs < newest)
    throw new Error('cannot test dist: it is missing or older than src; run `npm run build`');
};

export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one command to its end and tells what it said; never throws for an exit status. */
export const run = async (command: readonly string[], env: NodeJS.ProcessEnv, cwd: string): Promise<Said> => {
  const [file = '', ...args] = command;
  const result = await execa(file, args, {
    env,
    cwd,
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
    timeout: 50_000,
  });
  return { code: result.exitCode ?? -1, stdout: result.stdout, stderr: result.stderr };
};
