// The built command line, in a folder of its own, with a played supervisor in the place of the real one.

import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { execa } from 'execa';

const ROOT = resolve(import.meta.dirname, '../..');
const BUILD_MS = 60_000;
/** No command may hang a test. */
const COMMAND_MS = 20_000;

export interface Built {
  readonly folder: string;
  /** Runs `tsvisor …` to its end. */
  run(words: readonly string[], environment?: Readonly<Record<string, string>>): Promise<Ran>;
  /** Starts `tsvisor …` and lets it run. */
  begin(words: readonly string[]): ReturnType<typeof begin>;
  /** Puts a stand-in for the guardian there: a script that gets the guardian's words. */
  addGuardian(script: string): void;
  remove(): void;
}

interface Ran {
  readonly status: number | undefined;
  readonly out: string;
  readonly err: string;
}

/** What a test's own environment must not bring in: an extra certificate file slows every start by a good deal. */
const CLEAN = { NODE_EXTRA_CA_CERTS: undefined, NO_COLOR: undefined, FORCE_COLOR: undefined };

const begin = (main: string, words: readonly string[]) =>
  execa(process.execPath, [main, ...words], { env: CLEAN, reject: false, timeout: COMMAND_MS });

export const build = async (): Promise<Built> => {
  const cache = join(ROOT, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'tsvisor-cli-'));
  const dist = join(folder, 'dist');
  const compiler = join(ROOT, 'node_modules/.bin/tsc');
  const words = [
    '-p',
    'tsconfig.build.json',
    '--outDir',
    dist,
    '--declaration',
    'false',
    '--sourceMap',
    'false',
  ];
  await execa(compiler, words, { cwd: ROOT, reject: false, timeout: BUILD_MS });
  copyFileSync(join(ROOT, 'package.json'), join(folder, 'package.json'));
  copyFileSync(join(import.meta.dirname, 'fake-daemon.mjs'), join(dist, 'daemon.js'));
  const main = join(dist, 'cli/main.js');
  return {
    folder,
    begin: (given) => begin(main, given),
    async run(given, environment = {}) {
      const ran = await execa(process.execPath, [main, ...given], {
        env: { ...CLEAN, ...environment },
        reject: false,
        timeout: COMMAND_MS,
      });
      return { status: ran.exitCode, out: ran.stdout, err: ran.stderr };
    },
    addGuardian(script) {
      const file = join(dist, 'guardian/guardian');
      writeFileSync(file, script);
      chmodSync(file, 0o755);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};
