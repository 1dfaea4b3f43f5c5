// Has systemd-oomd marked a cgroup as killed? The guardian's binary reads what Node cannot; asked only when nothing else explains a death.

import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import type { Cgroup } from '../../kernel/port.ts';
import { OOMD_MARKS, oomdCount } from '../../oom/userspace.ts';

/** Milliseconds; it takes three. */
const TIMEOUT_MS = 2000;

/** The sum of systemd-oomd's marks on a cgroup in all trees; null where they cannot be asked for. */
export type OomdMarks = (cgroup: Cgroup) => Promise<number | null>;

const readMarks = (guardian: string, folder: string): Promise<number | null> =>
  new Promise((resolve) => {
    execFile(guardian, ['xattr', folder, ...OOMD_MARKS], { timeout: TIMEOUT_MS }, (error, stdout) =>
      resolve(error === null ? oomdCount(stdout) : null),
    );
  });

export const createOomdMarks =
  (guardian: string): OomdMarks =>
  async ({ joinFiles }) => {
    const counts = await Promise.all(joinFiles.map((file) => readMarks(guardian, dirname(file))));
    const known = counts.filter((count) => count !== null);
    return known.length === 0 ? null : known.reduce((sum, count) => sum + count, 0);
  };
