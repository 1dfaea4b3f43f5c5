// Which cgroup trees may we use, and for what? Probed once at start, by trying; the best way first, with the reasons.

import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { enableMemory, errnoWords } from './cgroup-controller.ts';
import { makeFolder, movePid, removeTree } from './cgroup-folder.ts';
import { cgroup2Hold, cgroup2IceHold, freezerHold, type Hold } from './cgroup-hold.ts';
import { memoryV1, memoryV2 } from './cgroup-memory.ts';
import {
  cgroupPlaces,
  folderOf,
  outside,
  rootName,
  supervisorName,
  type CgroupPlace,
} from './cgroup-place.ts';
import { createTier, treeAt, type TierParts, type Tree } from './cgroup-tier.ts';
import { readText } from './files.ts';
import type { CgroupTier } from './port.ts';
import { errnoOf } from '../model/errors.ts';

export interface CgroupProbe {
  /** Names this tsvisor's folder: `tsvisor-<instance>`. */
  readonly instance: string;
  /** Pids that may be moved where a controller asks for it, and must not stay in an old leaf: supervisor, guardian. */
  readonly own: readonly number[];
  /** Texts of /proc/self/mountinfo and /proc/self/cgroup, where others than the real ones are wanted. */
  readonly mountinfo?: string;
  readonly selfCgroup?: string;
}

export interface CgroupFound {
  readonly tier: CgroupTier | null;
  /** What is used and what is not, with reasons, for people; one sentence per tree. */
  readonly why: string;
}

interface Tried<T> {
  readonly got: T | null;
  readonly why: string;
}

/** f_type of statfs(2), from linux/magic.h: CGROUP2_SUPER_MAGIC and CGROUP_SUPER_MAGIC. */
const MAGIC = { 2: 0x63_67_72_70, 1: 0x27_e0_eb } as const;

const failed = (why: string): Tried<never> => ({ got: null, why });

const isMagic = (place: CgroupPlace, folder: string): boolean => {
  try {
    return statfsSync(folder).type === MAGIC[place.mount.version];
  } catch {
    // What cannot even be asked cannot be used; the sentence says which folder.
    return false;
  }
};

/** Moving a process in needs the right to write the list of the cgroup above, which is ours. */
const mayMoveIn = (folder: string): string | null => {
  try {
    accessSync(`${folder}/cgroup.procs`, constants.W_OK);
    return null;
  } catch (error) {
    return errnoOf(error);
  }
};

/** A supervisor that was started from inside of an old leaf would kill itself with it: out of there, or null. */
const leave = (found: CgroupPlace, folder: string, probe: CgroupProbe): string | null => {
  if (found.path.endsWith(`/${supervisorName(probe.instance)}`)) return null;
  const codes = probe.own.map((pid) => movePid(pid, folder));
  const code = codes.find((one) => one !== null && one !== 'ESRCH');
  return code === undefined || code === null
    ? null
    : `cannot leave ${found.path}, a cgroup of an earlier life: ${errnoWords(code)}`;
};

/** Our folder in one tree, made, or the reason why not. */
const claim = (found: CgroupPlace, probe: CgroupProbe): Tried<Tree> => {
  const place = outside(found, probe.instance);
  const folder = folderOf(place);
  if (folder === null) return failed(`${place.mount.folder} does not show our own cgroup ${place.path}`);
  if (!isMagic(place, folder)) return failed(`${folder} is not a cgroup v${place.mount.version} file system`);
  const tree = treeAt(place, folder, rootName(probe.instance));
  const code = mayMoveIn(folder) ?? makeFolder(tree.root);
  if (code !== null) return failed(`cannot make ${tree.root}: ${errnoWords(code)}`);
  const stuck = place.path === found.path ? null : leave(found, folder, probe);
  return stuck === null ? { got: tree, why: tree.root } : failed(stuck);
};

/** The first place that can be claimed and whose folder has the file that it is wanted for. */
const claimFirst = (places: readonly CgroupPlace[], file: string, probe: CgroupProbe): Tried<Tree> => {
  const whys: string[] = [];
  for (const place of places) {
    const tried = claim(place, probe);
    if (tried.got !== null && existsSync(`${tried.got.root}/${file}`)) return tried;
    if (tried.got !== null) removeTree(tried.got.root);
    whys.push(tried.got === null ? tried.why : `${tried.got.root} has no ${file}`);
  }
  return failed(whys.join('; ') || 'not mounted');
};

type Memory = Pick<TierParts, 'memory' | 'retreat'> & { readonly why: string };

const probeMemoryV1 = (places: readonly CgroupPlace[], probe: CgroupProbe): Memory => {
  const v1 = places.filter((place) => place.mount.controllers.includes('memory'));
  const { got, why } = claimFirst(v1, 'memory.oom_control', probe);
  return { memory: got === null ? null : { files: memoryV1, tree: got }, retreat: () => undefined, why };
};

const probeMemory = (held: { hold: Hold; tree: Tree }, places: CgroupPlace[], probe: CgroupProbe): Memory => {
  const { hold, tree } = held;
  const top = places.find((place) => place.mount.version === 2 && tree.root.startsWith(place.mount.folder));
  if (hold.kind === 'freezer' || top === undefined) return probeMemoryV1(places, probe);
  const aside = `${tree.root}-supervisor`;
  const v2 = enableMemory({ root: tree.root, top: top.mount.folder, aside, own: probe.own });
  if (v2.why === null) return { memory: { files: memoryV2, tree }, retreat: v2.retreat, why: tree.root };
  const v1 = probeMemoryV1(places, probe);
  return v1.memory === null ? { ...v1, why: `${v2.why}; v1: ${v1.why}` } : v1;
};

/** The best way first: cgroup.kill, else the v1 freezer, else the v2 freezer of kernels before 5.14. */
const probeHold = (places: CgroupPlace[], probe: CgroupProbe): Tried<{ hold: Hold; tree: Tree }> => {
  const v2 = places.filter((place) => place.mount.version === 2);
  const v1 = places.filter((place) => place.mount.controllers.includes('freezer'));
  const holds = [
    { hold: cgroup2Hold, where: v2, file: 'cgroup.kill' },
    { hold: freezerHold, where: v1, file: 'freezer.state' },
    { hold: cgroup2IceHold, where: v2, file: 'cgroup.freeze' },
  ];
  const whys: string[] = [];
  for (const { hold, where, file } of holds) {
    const { got, why } = claimFirst(where, file, probe);
    if (got !== null) return { got: { hold, tree: got }, why: `${file} in ${why}` };
    whys.push(`${file}: ${why}`);
  }
  return failed(whys.join('; '));
};

/**
 * Chooses, and makes the root folders. A tier that is null or has no memory controller comes with its reasons in `why`;
 * nothing is thrown for a tree that is missing, read-only or half delegated.
 */
export const probeCgroups = (probe: CgroupProbe): CgroupFound => {
  const mountinfo = probe.mountinfo ?? readText('/proc/self/mountinfo') ?? '';
  const selfCgroup = probe.selfCgroup ?? readText('/proc/self/cgroup') ?? '';
  const places = cgroupPlaces(mountinfo, selfCgroup);
  const held = probeHold(places, probe);
  if (held.got === null) return { tier: null, why: `no cgroup can be used to kill: ${held.why}` };
  const { memory, retreat, why } = probeMemory(held.got, places, probe);
  const memoryWhy = memory === null ? `no memory controller: ${why}` : `memory counted and limited in ${why}`;
  return { tier: createTier({ ...held.got, memory, retreat }), why: `killing by ${held.why}; ${memoryWhy}` };
};
