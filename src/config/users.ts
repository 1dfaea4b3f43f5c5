// Who is this user or group? The answers of /etc/passwd and /etc/group, then of `getent` where the machine asks elsewhere.

import { readFileSync } from 'node:fs';
import type { Account } from '../model/plan.ts';

export interface UserDatabase {
  /** By name or by number, as text; null when there is none. */
  user(nameOrId: string): Account | null;
  group(nameOrId: string): number | null;
  home(name: string): string | null;
  /** For print: a number, or `name:foo` for an id that was only assumed. */
  nameOf(id: number): number | string;
}

type Rows = readonly (readonly string[])[];

const rowsOf = (text: string): Rows => text.split('\n').map((line) => line.split(':'));

const readRows = (file: string): Rows => {
  try {
    return rowsOf(readFileSync(file, 'utf8'));
  } catch {
    return [];
  }
};

/** Asks the name service (LDAP and the like). Loaded only when a name is not in the files. */
const getent = (base: 'passwd' | 'group' | 'initgroups', key: string): readonly string[] | null => {
  const { spawnSync } = process.getBuiltinModule('node:child_process');
  const asked = spawnSync('getent', [base, '--', key], { encoding: 'utf8', timeout: 5000 });
  const line = asked.status === 0 ? asked.stdout.split('\n')[0] : undefined;
  return line === undefined || line === '' ? null : line.split(':');
};

const isNumber = (text: string): boolean => /^\s*[+-]?\d+\s*$/.test(text);

const once = <T>(make: () => T): (() => T) => {
  let made: { readonly value: T } | null = null;
  return () => (made ??= { value: make() }).value;
};

const memberships = (name: string, primary: number, groups: Rows): number[] => {
  const named = groups
    .filter((row) => row[3]?.split(',').includes(name) === true)
    .map((row) => Number(row[2]));
  return [...new Set([primary, ...named])];
};

const elsewhere = (name: string, primary: number): number[] => {
  const row = getent('initgroups', name)?.[0]?.split(/\s+/).slice(1) ?? [];
  return [...new Set([primary, ...row.filter((part) => part !== '').map(Number)])];
};

const rowIn = (rows: Rows, key: string): readonly string[] | undefined => {
  const column = isNumber(key) ? 2 : 0;
  const wanted = isNumber(key) ? String(Number(key)) : key;
  return key === '' ? undefined : rows.find((row) => row.length > 2 && row[column] === wanted);
};

/** The users of this machine, each file read once. */
export const machineUsers = (): UserDatabase => {
  const passwd = once(() => readRows('/etc/passwd'));
  const group = once(() => readRows('/etc/group'));
  const known = new Map<string, Account | null>();
  const find = (key: string): Account | null => {
    const local = rowIn(passwd(), key);
    const row = local ?? (key === '' ? null : getent('passwd', key));
    if (row === null) return null;
    const [name = '', , uid, gid, , home = '/'] = row;
    const primary = Number(gid);
    const groups = local === undefined ? elsewhere(name, primary) : memberships(name, primary, group());
    return { name, uid: Number(uid), gid: primary, groups, home };
  };
  const user = (key: string): Account | null => {
    const found = known.get(key);
    if (found !== undefined) return found;
    const asked = find(key);
    known.set(key, asked);
    return asked;
  };
  return {
    user,
    group: (key) => {
      const row = rowIn(group(), key) ?? (key === '' ? null : getent('group', key));
      return row === null ? null : Number(row[2]);
    },
    home: (name) => user(name)?.home ?? null,
    nameOf: (id) => id,
  };
};

/** Every name exists; for reading a config away from its machine. Names other than root get an id made up here. */
export const assumedUsers = (): UserDatabase => {
  const names = new Map<number, string>();
  const ids = new Map<string, number>();
  const idOf = (kind: string, name: string, shown: string): number => {
    const known = ids.get(kind + name);
    if (known !== undefined) return known;
    const id = 1_000_000_000 + ids.size;
    ids.set(kind + name, id);
    names.set(id, shown);
    return id;
  };
  const resolveId = (kind: string, key: string): number =>
    isNumber(key) ? Number(key) : key === 'root' ? 0 : idOf(kind, key, key);
  return {
    user: (key) => {
      if (key === '') return null;
      const uid = resolveId('user ', key);
      const gid = names.has(uid) ? idOf('primary ', key, `primary-group-of-${key}`) : uid;
      return { name: key, uid, gid, groups: [gid], home: '/' };
    },
    group: (key) => (key === '' ? null : resolveId('group ', key)),
    home: (name) => machineUsers().home(name),
    nameOf: (id) => (names.has(id) ? `name:${names.get(id) ?? ''}` : id),
  };
};
