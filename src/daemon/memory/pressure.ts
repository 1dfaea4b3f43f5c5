// How long do a process's members wait for memory, and how is a program told where to look for itself?

import { chownSync } from 'node:fs';
import type { Cgroup } from '../../kernel/port.ts';
import { readPressure } from '../../kernel/machine-memory.ts';
import type { ProcessPlan } from '../../model/plan.ts';

const MACHINE = '/proc/pressure/memory';

/** A trigger as systemd's protocol hands it: 200 ms of waiting in 2 s, the shortest window that needs no privilege. */
const TRIGGER = Buffer.from('some 200000 2000000\0').toString('base64');

/** Its members' own waits where a cgroup tells them, else the machine's. */
export const waitedIn = (cgroup: Cgroup | null): (() => number | null) => {
  const read = readPressure(cgroup?.pressureFile ?? MACHINE);
  return () => read()?.total ?? null;
};

/** The program may write its trigger only into a file that is its user's. */
const giveTo = (path: string, { user }: ProcessPlan): boolean => {
  try {
    if (user !== null) chownSync(path, user.uid, user.gid);
    return true;
  } catch {
    // Not ours to give: then the program is not told of it.
    return false;
  }
};

/** MEMORY_PRESSURE_WATCH and MEMORY_PRESSURE_WRITE, as systemd.resource-control(5) has them. */
export const pressureVariables = (plan: ProcessPlan, cgroup: Cgroup | null): Record<string, string> => {
  const path = cgroup?.pressureFile ?? null;
  if (!plan.care.tellPressure || path === null || !giveTo(path, plan)) return {};
  return { MEMORY_PRESSURE_WATCH: path, MEMORY_PRESSURE_WRITE: TRIGGER };
};
