// What does a user of the package get? The tarball that npm would publish, and an empty folder where it was installed.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { assertBuilt } from './dist.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const runs = (file: string, ...args: readonly string[]): boolean => spawnSync(file, args).status === 0;

export const canCrossCompile = process.arch === 'arm64' || runs('aarch64-linux-gnu-gcc', '--version');

export const canReachRegistry = runs('npm', 'view', 'commander@14', 'version', '--prefer-offline');

export interface Tarball {
  readonly folder: string;
  readonly path: string;
  /** Bytes of the tarball. */
  readonly size: number;
  /** Paths within the package. */
  readonly files: readonly string[];
  remove(): void;
}

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

/** Packs the dist that is there: `npm pack` alone would build it anew under the feet of others. */
export const pack = async (): Promise<Tarball> => {
  assertBuilt();
  const folder = mkdtempSync(join(tmpdir(), 'tsvisor-package-'));
  await execa(process.execPath, ['scripts/build-guardian.mjs', '--all'], { cwd: ROOT, timeout: 60_000 });
  const words = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  const { stdout } = await execa('npm', words, { cwd: ROOT, timeout: 60_000 });
  const [packed]: readonly Packed[] = JSON.parse(stdout);
  if (packed === undefined) throw new Error(`cannot pack: npm said ${stdout}`);
  return {
    folder,
    path: join(folder, packed.filename),
    size: packed.size,
    files: packed.files.map(({ path }) => path),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};

/** `npm install TARBALL --ignore-scripts` in a folder with nothing but a manifest. */
export const install = async ({ folder, path }: Tarball): Promise<string> => {
  const manifest = JSON.stringify({ name: 'empty', version: '1.0.0', private: true, type: 'module' });
  writeFileSync(join(folder, 'package.json'), manifest);
  const words = ['install', path, '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'];
  await execa('npm', words, { cwd: folder, timeout: 100_000 });
  return join(folder, 'node_modules');
};

/** Names of the packages that were installed and would run a script then. */
export const scriptsOf = (
  modules: string,
): { readonly seen: number; readonly scripted: readonly string[] } => {
  const lock: { packages: Record<string, { hasInstallScript?: true }> } = JSON.parse(
    readFileSync(join(modules, '.package-lock.json'), 'utf8'),
  );
  const rows = Object.entries(lock.packages);
  return {
    seen: rows.length,
    scripted: rows.filter(([, row]) => row.hasInstallScript === true).map(([name]) => name),
  };
};
