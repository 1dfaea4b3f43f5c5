// By which names does systemd know the processes and groups of a plan?

import { basename, extname } from 'node:path';
import type { GroupPlan, Plan } from '../model/plan.ts';
import { createNames, joinedName } from './exported.ts';

const bytesOf = (char: string): string =>
  [...Buffer.from(char)].map((byte) => String.raw`\x${byte.toString(16).padStart(2, '0')}`).join('');

/** What a name of a unit may not hold is said by its bytes, as systemd-escape(1) does. */
const unitName = (text: string): string => text.replaceAll(/[^\w:.-]/gu, bytesOf);

/** A dash in the name of a slice means a slice within another. */
const slicePart = (text: string): string => text.replaceAll(/[^\w:.]/gu, bytesOf);

/** Has its own target and slice: more than one process, or limits of all together. */
export const standsApart = ({ processes, limits, kind }: GroupPlan): boolean =>
  kind !== 'eventlistener' && (processes.length > 1 || limits !== undefined);

export interface UnitNames {
  /** What all names begin with: the config's own name. */
  readonly prefix: string;
  readonly target: string;
  readonly slice: string;
  groupTarget(group: string): string;
  groupSlice(group: string): string;
  /** Of what processes of a group share: all parts of its name. */
  socket(...parts: readonly string[]): string;
  /** Without `.service`, by group and name. */
  service(group: string, name: string): string;
}

export const unitNames = ({ file, groups }: Plan): UnitNames => {
  const prefix = basename(file, extname(file));
  const unique = createNames();
  const services = new Map<string, string>();
  for (const one of groups.flatMap(({ processes }) => processes))
    services.set(`${one.group}\0${one.name}`, unique(unitName(`${prefix}-${joinedName(one)}`)));
  return {
    prefix: unitName(prefix),
    target: `${unitName(prefix)}.target`,
    slice: `${slicePart(prefix)}.slice`,
    groupTarget: (group) => `${unitName(`${prefix}-${group}`)}.target`,
    groupSlice: (group) => `${slicePart(prefix)}-${slicePart(group)}.slice`,
    socket: (...parts) => `${unitName([prefix, ...parts].join('-'))}.socket`,
    service: (group, name) => services.get(`${group}\0${name}`) ?? '',
  };
};
