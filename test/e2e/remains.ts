// What is left of a tsvisor that should be gone? Cgroups, sockets and abstract names that carry its instance.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const DEPTH = 6;

const cgroupMounts = (): readonly string[] =>
  readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, , type]) => type === 'cgroup' || type === 'cgroup2')
    .flatMap(([, folder]) => folder ?? []);

const foldersBelow = (folder: string, depth: number): readonly string[] => {
  if (depth === 0 || !existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => [join(folder, name), ...foldersBelow(join(folder, name), depth - 1)]);
};

/** Folders of cgroups whose name holds `instance`, over every mounted tree. */
export const cgroupsOf = (instance: string): readonly string[] =>
  cgroupMounts()
    .flatMap((mount) => foldersBelow(mount, DEPTH))
    .filter((folder) => folder.slice(folder.lastIndexOf('/')).includes(instance));

/** Lines of the kernel's list of unix sockets that name `part`: a path or an abstract lock. */
export const socketsNaming = (part: string): readonly string[] =>
  readFileSync('/proc/net/unix', 'latin1')
    .split('\n')
    .filter((line) => line.includes(part));
