// Are all members counted where no cgroup does it?

import { expect, test } from 'vitest';
import { familyOf } from '../../../src/daemon/process/family.ts';
import { FakeKernel } from '../../kernel/fake.ts';

test('what a leader has orphaned is counted where a reaper has adopted it', () => {
  const { spawn, processes } = ((kernel) => ({
    spawn: (ppid?: number) => kernel.spawn(ppid === undefined ? {} : { ppid }),
    processes: kernel.processes,
  }))(new FakeKernel());
  const above = spawn();
  const leader = spawn(above.pid);
  const child = spawn(leader.pid);
  const grandchild = spawn(child.pid);
  const orphan = spawn(above.pid);
  const reaper = { pid: above.pid, kill: () => undefined, emptied: Promise.resolve() };
  const all = [leader, child, grandchild, orphan].map(({ pid }) => pid);
  expect(familyOf(processes, leader, { kind: 'reap', reaper })).toEqual(all);
  expect(familyOf(processes, leader, { kind: 'scan', cookie: '' })).toEqual(all.slice(0, 3));
  expect(familyOf(processes, leader, null)).toEqual(all.slice(0, 3));
});
