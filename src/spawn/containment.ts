// By what are the members of one process held together, so that all of them can be found and killed?

import type { Cgroup } from '../kernel/port.ts';

/** The TypeScript end of a `guardian reap`: the parent and subreaper of one process's whole tree. */
export interface Reaper {
  readonly pid: number;
  /** Asks it to kill every descendant, again and again until there is none. */
  kill(): void;
  /** Resolves when it has seen that no descendant is left. */
  readonly emptied: Promise<void>;
}

export type Containment =
  | { readonly kind: 'cgroup2' | 'freezer'; readonly cgroup: Cgroup }
  | { readonly kind: 'reap'; readonly reaper: Reaper }
  /** Group, session, ancestry and cookie scanned together. */
  | { readonly kind: 'scan'; readonly cookie: string }
  /** No guardian binary: tree-kill, which sees only what it can walk to. */
  | { readonly kind: 'portable' };

export type ContainmentKind = Containment['kind'];

/** Name of the environment variable that marks every member: `<instance>:<group>:<process>:<launch>`. */
export const COOKIE = 'TSVISOR_COOKIE';
