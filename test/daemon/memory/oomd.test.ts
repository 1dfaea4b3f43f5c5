// Is a kill by systemd-oomd known by its marks on the cgroup, and told only once?

import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Slot } from '../../../src/daemon/process/slot.ts';
import { judgeDeath } from '../../../src/daemon/memory/judging.ts';
import { createOomdMarks, type OomdMarks } from '../../../src/daemon/memory/oomd.ts';
import type { Cgroup, CgroupTier } from '../../../src/kernel/port.ts';
import type { Exit } from '../../../src/model/phase.ts';
import type { Verdict } from '../../../src/model/verdict.ts';
import { createEvidence } from '../../../src/oom/evidence.ts';
import { guardianBinary, noCompiler } from '../../guardian/binary.ts';
import { FakeKernel } from '../../kernel/fake.ts';
import { probe, strikeCgroups } from '../../kernel/real.ts';
import { plan } from '../../model/process-plan.ts';

const mark = (cgroup: Cgroup, name: string, value: string): boolean => {
  const script = 'import os, sys; os.setxattr(sys.argv[1], sys.argv[2], sys.argv[3].encode())';
  const folder = dirname(cgroup.joinFiles[0] ?? '');
  return spawnSync('python3', ['-c', script, folder, name, value]).status === 0;
};

const lacks = ((): string | null => {
  if (noCompiler) return 'a C compiler';
  const { tier, why } = probe('cgroup2');
  const marked = tier !== null && mark(tier.leaf('ci', 'app'), 'user.oomd_kill', '1');
  tier?.dismantle();
  if (tier === null) return why;
  return marked ? null : 'python3, or attributes of cgroups';
})();

describe.skipIf(lacks !== null)(`marks of systemd-oomd (lacking: ${lacks})`, () => {
  let tier: CgroupTier;
  let cgroup: Cgroup;
  let marks: OomdMarks;

  beforeEach(() => {
    const found = probe('cgroup2').tier;
    if (found === null) throw new Error('cannot play: no tier');
    tier = found;
    cgroup = tier.leaf('ci', 'app');
    marks = createOomdMarks(guardianBinary());
  });
  afterEach(() => strikeCgroups(tier));

  test('are read from a real cgroup: none, then those of each version', async () => {
    expect(await marks(cgroup)).toBe(0);
    mark(cgroup, 'user.oomd_ooms', '1');
    expect(await marks(cgroup)).toBe(1);
    mark(cgroup, 'trusted.oomd_kill', '12');
    expect(await marks(cgroup)).toBe(13);
    mark(cgroup, 'user.oomd_ooms', 'nonsense 9');
    expect(await marks(cgroup)).toBe(12);
  });

  test('of a cgroup that is gone are none', async () => {
    tier.dismantle();
    expect(await marks(cgroup)).toBe(0);
  });
});

test('cannot be read without the binary, which is no answer', async () => {
  const cgroup = new FakeKernel().tier('ab').leaf('ci', 'app');
  expect(await createOomdMarks('/nowhere/guardian')(cgroup)).toBeNull();
});

describe('a death by SIGKILL that nothing else explains', () => {
  const KILLED: Exit = { code: null, signal: 'SIGKILL' };

  /** `known`: the marks as they stood at the last look. */
  const scene = (known: number | null) => {
    const kernel = new FakeKernel();
    const cgroup = kernel.tier('ab').leaf('ci', 'app');
    const evidence = createEvidence(kernel.oom);
    const baseline = evidence.note(cgroup);
    const about = { plan: plan(), cgroup, begun: [], stderrPath: '', stderrFrom: 0, oomdMarks: known };
    // Of a slot nothing else is looked at.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    const slot = { ...about } as unknown as Slot;
    const asked: Cgroup[] = [];
    const seen: Verdict[] = [];
    const die = (exit: Exit, now: number | null, orderedBy: 'operator' | null = null): Promise<Verdict> =>
      judgeDeath(
        {
          slot,
          death: { leader: { pid: 7, startTick: 1 }, exit, lived: 1, at: 0, verdict: null },
          orderedBy,
          baseline,
          evidence,
          oom: kernel.oom,
          oomdMarks: async (one) => {
            asked.push(one);
            return now;
          },
        },
        (verdict) => seen.push(verdict),
      );
    return { kernel, die, asked, seen };
  };

  test('is likely the work of systemd-oomd when its marks have grown, and not when they stand', async () => {
    const { die, seen } = scene(0);
    const verdict = await die(KILLED, 2);
    expect(verdict).toMatchObject({ oom: 'likely', cause: 'userspace-killer', victim: { pid: 7 } });
    expect(verdict.because).toMatch(/systemd-oomd .* went 0 -> 2/);
    expect(seen).toEqual([verdict]);
    expect(await die(KILLED, 2)).toMatchObject({ oom: 'no', cause: 'signal' });
    expect(await die(KILLED, null)).toMatchObject({ oom: 'no', cause: 'signal' });
    expect(await die(KILLED, 3)).toMatchObject({ oom: 'likely' });
  });

  test('costs no question where no systemd-oomd runs', async () => {
    const { kernel, die, asked } = scene(0);
    kernel.oomd = false;
    expect(await die(KILLED, 2)).toMatchObject({ oom: 'no', cause: 'signal' });
    expect(asked).toEqual([]);
  });

  test('is laid to a daemon that writes what it did after it did it', async () => {
    const { kernel, die, seen } = scene(null);
    kernel.killers = ['nohang'];
    kernel.marks = ['nohang[3]: Monitoring has started!'];
    const verdict = die({ code: null, signal: 'SIGTERM' }, null);
    kernel.marks = [...kernel.marks, 'nohang[3]:   PID: 7, name: app, badness: 1350'];
    expect(await verdict).toMatchObject({ oom: 'likely', cause: 'userspace-killer', victim: { pid: 7 } });
    expect(seen).toHaveLength(1);
  });

  test('is called no when a daemon that can be read has not named it after a while', async () => {
    const { kernel, die } = scene(null);
    kernel.killers = ['earlyoom'];
    kernel.marks = ['earlyoom[3]: mem avail: 812 of 13855 MiB'];
    expect(await die(KILLED, null)).toMatchObject({ oom: 'no', cause: 'signal' });
  });

  test('only teaches a later supervisor how the marks stand', async () => {
    const { die } = scene(null);
    expect(await die(KILLED, 4)).toMatchObject({ oom: 'no' });
    expect(await die(KILLED, 5)).toMatchObject({ oom: 'likely' });
  });

  test('is the only one for which anybody is asked', async () => {
    const { die, asked } = scene(0);
    await die({ code: 1, signal: null }, 9);
    await die({ code: null, signal: 'SIGSEGV' }, 9);
    await die(KILLED, 9, 'operator');
    expect(asked).toEqual([]);
  });
});
