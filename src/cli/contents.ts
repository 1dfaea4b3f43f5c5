// What is in this tsvisor: which Node with which C library, which guardian, from which folder?

import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { findGuardian, type Binary } from '../guardian/binary.ts';

interface Guardian extends Binary {
  readonly bytes: number;
  /** `VERSION ARCHITECTURE LINKAGE` in its own words; null when it cannot run here. */
  readonly build: string | null;
}

export interface Contents {
  readonly version: string;
  /** Folder of the package. */
  readonly folder: string;
  /** Whether this is the bundle of the package, or its single modules. */
  readonly bundle: boolean;
  readonly node: { readonly version: string; readonly libc: string; readonly path: string };
  readonly platform: string;
  readonly arch: string;
  /** Null where there is none: portable mode. */
  readonly guardian: Guardian | null;
}

/** No command waits for a binary of another machine. */
const TIMEOUT_MS = 2000;

const describe = (binary: Binary): Guardian => {
  const said = spawnSync(binary.path, ['version'], { encoding: 'utf8', timeout: TIMEOUT_MS });
  return {
    ...binary,
    bytes: statSync(binary.path).size,
    build: said.status === 0 ? said.stdout.trim() : null,
  };
};

/** Node names the version of glibc only; the other C library of Linux is musl. */
const libc = (): string => {
  // Else it looks for names of all open connections.
  Object.assign(process.report, { excludeNetwork: true });
  const report: { readonly header?: { readonly glibcVersionRuntime?: string } } = process.report.getReport();
  const version = report.header?.glibcVersionRuntime;
  return version === undefined ? 'musl' : `glibc ${version}`;
};

export const contents = (version: string): Contents => {
  const binary = findGuardian();
  return {
    version,
    folder: fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, ''),
    bundle: import.meta.url.includes('/dist/bundle/'),
    node: { version: process.versions.node, libc: libc(), path: process.execPath },
    platform: process.platform,
    arch: process.arch,
    guardian: binary === null ? null : describe(binary),
  };
};

const guardianWords = ({ build, bytes, origin, path }: Guardian): string =>
  `${build ?? 'cannot run here'}, ${Math.round(bytes / 1000)} kB, ${origin}, ${path}`;

export const contentLines = ({ version, folder, bundle, node, guardian, ...machine }: Contents): string =>
  [
    `tsvisor ${version}, ${bundle ? 'bundle' : 'single modules'}, ${folder}`,
    `node ${node.version}, ${node.libc}, ${node.path}`,
    `guardian ${guardian === null ? 'none: portable mode' : guardianWords(guardian)}`,
    `machine ${machine.platform} ${machine.arch}`,
  ].join('\n');
