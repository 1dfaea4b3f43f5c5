// Where in which cgroup tree are we? /proc/self/mountinfo and /proc/self/cgroup read together; pure.

interface CgroupMount {
  readonly version: 1 | 2;
  /** v1 controllers, e.g. `memory`; empty for v2. */
  readonly controllers: readonly string[];
  /** Absolute folder of the mount, and which cgroup of the hierarchy it shows there. */
  readonly folder: string;
  readonly root: string;
}

/** Our own cgroup in one hierarchy. */
export interface CgroupPlace {
  readonly mount: CgroupMount;
  /** As /proc/self/cgroup and the kernel log write it; `/` for the topmost. */
  readonly path: string;
}

/** mountinfo writes blanks, tabs, newlines and backslashes as three octal digits. */
const unescapeMount = (text: string): string =>
  text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) => String.fromCodePoint(Number.parseInt(digits, 8)));

const parseMount = (line: string): CgroupMount | null => {
  const [left = '', right = ''] = line.split(' - ');
  const [, , , root, folder] = left.split(' ');
  const [type, , options = ''] = right.split(' ');
  if (root === undefined || folder === undefined || (type !== 'cgroup' && type !== 'cgroup2')) return null;
  return {
    version: type === 'cgroup2' ? 2 : 1,
    controllers: type === 'cgroup2' ? [] : options.split(','),
    folder: unescapeMount(folder),
    root: unescapeMount(root),
  };
};

const pathFor = (mount: CgroupMount, selfCgroup: string): string | null => {
  for (const line of selfCgroup.split('\n')) {
    const [id, controllers = '', ...rest] = line.split(':');
    const isIt =
      mount.version === 2
        ? id === '0' && controllers === ''
        : controllers.split(',').some((one) => one !== '' && mount.controllers.includes(one));
    if (isIt) return rest.join(':');
  }
  return null;
};

/** Every mount of a cgroup tree with our own place in it, in the order of mountinfo. */
export const cgroupPlaces = (mountinfo: string, selfCgroup: string): CgroupPlace[] => {
  const places: CgroupPlace[] = [];
  for (const line of mountinfo.split('\n')) {
    const mount = parseMount(line);
    const path = mount === null ? null : pathFor(mount, selfCgroup);
    if (mount !== null && path !== null) places.push({ mount, path });
  }
  return places;
};

/** The absolute folder of a cgroup below a mount; null when the mount does not show it. */
export const folderOf = ({ mount, path }: CgroupPlace): string | null => {
  const root = mount.root === '/' ? '' : mount.root;
  if (path.split('/').includes('..') || (path !== root && !path.startsWith(`${root}/`))) return null;
  return (mount.folder + path.slice(root.length)).replace(/(?<=.)\/$/, '');
};

const mayLimit = ({ mount }: CgroupPlace): boolean =>
  mount.version === 2 || mount.controllers.includes('memory');

/**
 * The cgroup of these texts in the tree of the memory controller, and all above it, nearest first. In a cgroup namespace the
 * container's own is `/`, and has limits that the machine's topmost cannot have.
 */
export const memoryPlaces = (mountinfo: string, cgroup: string): CgroupPlace[] => {
  const found = cgroupPlaces(mountinfo, cgroup).filter(mayLimit);
  const own = found.find(({ mount }) => mount.version === 1) ?? found[0];
  const places: CgroupPlace[] = [];
  if (own === undefined) return places;
  for (let { path } = own; path !== '/'; path = path.slice(0, path.lastIndexOf('/')) || '/')
    places.push({ ...own, path });
  return [...places, { ...own, path: '/' }];
};

export const rootName = (instance: string): string => `tsvisor-${instance}`;
/** Holds guardian and supervisor where the v2 memory controller asks that their old cgroup has no processes. */
export const supervisorName = (instance: string): string => `tsvisor-${instance}-supervisor`;

/** The place above this tsvisor's own cgroups: a supervisor may have been started inside of one of an earlier life. */
export const outside = (place: CgroupPlace, instance: string): CgroupPlace => {
  const parts = place.path.split('/');
  const own = parts.findIndex((part) => part === rootName(instance) || part === supervisorName(instance));
  return own === -1 ? place : { ...place, path: parts.slice(0, own).join('/') || '/' };
};

export const below = (path: string, ...names: string[]): string =>
  [path === '/' ? '' : path, ...names].join('/');
