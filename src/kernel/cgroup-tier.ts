// The cgroups of one tsvisor: a folder for all, one per group, a leaf per process.

import { existsSync, watch } from 'node:fs';
import { cgroupName } from './cgroup-name.ts';
import { below, type CgroupPlace } from './cgroup-place.ts';
import { makeFolder, pidsBelow, removeTree } from './cgroup-folder.ts';
import type { Hold } from './cgroup-hold.ts';
import { UNKNOWN, createCounters, type Charge, type Counters, type MemoryFiles } from './cgroup-memory.ts';
import { writeText } from './files.ts';
import type { Limited } from './memory-limits.ts';
import type { Cgroup, CgroupTier, MemoryLimits } from './port.ts';

/** A tree to work in: its root folder, and that folder's path as the kernel log writes it. */
export interface Tree {
  readonly root: string;
  readonly path: string;
}

export interface TierParts {
  readonly hold: Hold;
  readonly tree: Tree;
  /** `tree` is the hold's own on pure v2. */
  readonly memory: { readonly files: MemoryFiles; readonly tree: Tree } | null;
  /** Undoes what the probe had to change to get the controller. */
  readonly retreat: () => void;
}

export const treeAt = (place: CgroupPlace, folder: string, name: string): Tree => ({
  root: `${folder === '/' ? '' : folder}/${name}`,
  path: below(place.path, name),
});

const NO_CONTROLLER: Limited = { enforcedBy: null, refusal: 'no memory controller is available here' };

const makeGroup = (tree: Tree, group: string, giveOn: boolean): string => {
  const own = `${tree.root}/${group}`;
  for (const folder of [tree.root, own]) {
    makeFolder(folder);
    if (giveOn) writeText(`${folder}/cgroup.subtree_control`, '+memory');
  }
  return own;
};

/** Makes a leaf's folder and its group's; on v2 each folder above must give the controller on. */
const makeLeaf = (tree: Tree, names: readonly [string, string], giveOn: boolean): string => {
  const [group, name] = names;
  const leaf = `${tree.root}/${group}/${name}`;
  if (existsSync(leaf)) return leaf;
  makeGroup(tree, group, giveOn);
  makeFolder(leaf);
  return leaf;
};

class Leaf implements Cgroup {
  readonly joinFiles: readonly string[];
  readonly memoryPath: string | null;
  readonly pressureFile: string | null;
  readonly counters: () => Counters;
  readonly #parts: TierParts;
  readonly #folder: string;
  readonly #memoryFolder: string | null;
  #limited = false;

  constructor(parts: TierParts, names: readonly [string, string]) {
    const { memory, tree } = parts;
    this.#parts = parts;
    const shared = memory?.tree.root === tree.root;
    this.#folder = makeLeaf(tree, names, shared);
    const memoryFolder = memory === null ? null : makeLeaf(memory.tree, names, shared);
    // A memory leaf that could not be made costs the counters and limits, not the launch.
    this.#memoryFolder = memoryFolder !== null && existsSync(memoryFolder) ? memoryFolder : null;
    this.memoryPath =
      memory === null || this.#memoryFolder === null ? null : below(memory.tree.path, ...names);
    const folders = new Set([this.#folder, ...(this.#memoryFolder === null ? [] : [this.#memoryFolder])]);
    const pressure = `${this.#folder}/memory.pressure`;
    this.pressureFile = existsSync(pressure) ? pressure : null;
    this.joinFiles = [...folders].map((folder) => `${folder}/cgroup.procs`);
    this.counters =
      memory === null || this.#memoryFolder === null
        ? () => UNKNOWN
        : createCounters(memory.files, this.#memoryFolder);
  }

  /** Makes the folders again where somebody removed them; the counters go on from where they were. */
  renew(names: readonly [string, string]): void {
    if (this.joinFiles.every((file) => existsSync(file))) return;
    const { memory, tree } = this.#parts;
    const shared = memory?.tree.root === tree.root;
    makeLeaf(tree, names, shared);
    if (memory !== null && this.#memoryFolder !== null) makeLeaf(memory.tree, names, shared);
  }

  members(): number[] {
    return this.#parts.hold.members(this.#folder);
  }

  empty(): boolean {
    return this.#parts.hold.empty(this.#folder);
  }

  kill(): number {
    return this.#parts.hold.kill(this.#folder);
  }

  charge(): Charge | null {
    const { memory } = this.#parts;
    return memory === null || this.#memoryFolder === null ? null : memory.files.charge(this.#memoryFolder);
  }

  charged(): number | null {
    const { memory } = this.#parts;
    return memory === null || this.#memoryFolder === null ? null : memory.files.charged(this.#memoryFolder);
  }

  limit(limits: MemoryLimits): Limited {
    const { max, high, swap = null, oomGroup = false } = limits;
    const none = max === null && high === null && swap === null && !oomGroup;
    if (none && !this.#limited) return { enforcedBy: null, refusal: null };
    if (this.#parts.memory === null || this.#memoryFolder === null) return NO_CONTROLLER;
    this.#limited = true;
    return this.#parts.memory.files.limit(this.#memoryFolder, limits);
  }

  /** v1 tells nobody; on v2 both files give a modified event within a millisecond. */
  watch(changed: () => void): (() => void) | null {
    if (this.#parts.memory?.files.version !== 'v2' || this.#memoryFolder === null) return null;
    const files = [`${this.#memoryFolder}/memory.events`, `${this.#folder}/cgroup.events`];
    if (!files.every((file) => existsSync(file))) return null;
    const watchers = files.map((file) => watch(file, { persistent: false }, changed).on('error', changed));
    return () => {
      for (const watcher of watchers) watcher.close();
    };
  }

  remove(): void {
    removeTree(this.#folder);
    if (this.#memoryFolder !== null) removeTree(this.#memoryFolder);
  }
}

class Tier implements CgroupTier {
  readonly kind: 'cgroup2' | 'freezer';
  readonly memory: 'v2' | 'v1' | null;
  readonly root: string;
  readonly #parts: TierParts;
  readonly #leaves = new Map<string, Leaf>();

  constructor(parts: TierParts) {
    this.#parts = parts;
    this.kind = parts.hold.kind;
    this.memory = parts.memory?.files.version ?? null;
    this.root = parts.tree.root;
  }

  leaf(group: string, name: string): Cgroup {
    const names = [cgroupName(group), cgroupName(name)] as const;
    const key = names.join('/');
    const known = this.#leaves.get(key);
    if (known !== undefined) {
      known.renew(names);
      return known;
    }
    const leaf = new Leaf(this.#parts, names);
    this.#leaves.set(key, leaf);
    return leaf;
  }

  killGroup(group: string): number {
    return this.#parts.hold.kill(`${this.root}/${cgroupName(group)}`);
  }

  limitGroup(group: string, limits: MemoryLimits): Limited {
    const { memory, tree } = this.#parts;
    const { max, high } = limits;
    if (memory === null)
      return max === null && high === null ? { enforcedBy: null, refusal: null } : NO_CONTROLLER;
    const giveOn = memory.tree.root === tree.root;
    return memory.files.limit(makeGroup(memory.tree, cgroupName(group), giveOn), limits);
  }

  charged(): number | null {
    const { memory } = this.#parts;
    return memory === null ? null : memory.files.charged(memory.tree.root);
  }

  everyone(): number[] {
    const { hold, memory } = this.#parts;
    // A member that left the one tree may still be in the other.
    return [
      ...new Set([...hold.members(this.root), ...(memory === null ? [] : pidsBelow(memory.tree.root))]),
    ];
  }

  killEveryone(): void {
    this.#parts.hold.kill(this.root);
  }

  dismantle(): void {
    this.#leaves.clear();
    removeTree(this.root);
    if (this.#parts.memory !== null) removeTree(this.#parts.memory.tree.root);
    this.#parts.retreat();
  }
}

export const createTier = (parts: TierParts): CgroupTier => new Tier(parts);
