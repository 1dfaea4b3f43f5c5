// Where does the guardian of arm64 run on another machine? Under qemu, which does not know PR_SET_CHILD_SUBREAPER: what starts it
// asks for that in its place, and here alone the guardian's own call is taken for granted.

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');
const SOURCES = join(ROOT, 'src/guardian');
const SPECS = '/usr/lib/aarch64-linux-musl/musl-gcc.specs';
const QEMU = 'qemu-aarch64-static';

const runs = (...[file = '', ...words]: readonly string[]): boolean => spawnSync(file, words).status === 0;

export const canRunArm64 =
  process.arch === 'x64' &&
  existsSync(SPECS) &&
  [QEMU, 'aarch64-linux-gnu-gcc', 'cc'].every((name) => runs(name, '--version'));

export interface Foreign {
  readonly binary: string;
  /** Words before the binary. */
  readonly through: readonly string[];
  remove(): void;
}

export const buildForArm64 = (): Foreign => {
  const folder = mkdtempSync(join(tmpdir(), 'tsvisor-arm64-'));
  const binary = join(folder, 'guardian');
  const subreaper = join(folder, 'subreaper');
  const sources = readdirSync(SOURCES).filter((name) => name.endsWith('.c'));
  execFileSync('aarch64-linux-gnu-gcc', [
    '-specs',
    SPECS,
    '-std=c11',
    '-Os',
    '-static',
    '-Wl,--wrap=prctl',
    '-o',
    binary,
    ...sources.map((name) => join(SOURCES, name)),
    join(ROOT, 'test/programs/grants-subreaper.c'),
  ]);
  execFileSync('cc', ['-o', subreaper, join(ROOT, 'test/programs/becomes-subreaper.c')]);
  return {
    binary,
    through: [subreaper, QEMU],
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};
