// Who belongs to a leader where no cgroup tells?

import type { Processes } from '../../kernel/port.ts';
import type { Identity } from '../../model/phase.ts';
import type { Containment } from '../../spawn/containment.ts';
import { descendants } from '../../spawn/reach.ts';

/** Pids of all descendants and the leader. What it has orphaned is its reaper's child; without a reaper nobody knows. */
export const familyOf = (
  processes: Pick<Processes, 'children'>,
  leader: Identity,
  containment: Containment | null,
): readonly number[] =>
  containment?.kind === 'reap'
    ? descendants(processes, containment.reaper.pid)
    : [leader.pid, ...descendants(processes, leader.pid)];
