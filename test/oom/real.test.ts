import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createOomWatch } from '../../src/kernel/oom-watch.ts';
import type { Cgroup, CgroupTier } from '../../src/kernel/port.ts';
import { createProcesses } from '../../src/kernel/processes.ts';
import type { Exit, Identity } from '../../src/model/phase.ts';
import { createEvidence, type Baseline } from '../../src/oom/evidence.ts';
import { judge, judgeMember, type Suspect } from '../../src/oom/judge.ts';
import { createMemoryWatch } from '../../src/oom/memory.ts';
import type { Evidence } from '../../src/model/verdict.ts';
import { probe, strikeCgroups } from '../kernel/real.ts';
import { until } from '../until.ts';

/** Small, so that the victim is gone within milliseconds and the machine does not notice. */
const LIMIT = 48 * 1024 * 1024;
/** tail keeps what it reads until a line ends, and this one never does. */
const EATS = 'tail /dev/zero';

const lacks = ((): string | null => {
  const { tier, why } = probe('cgroup2');
  tier?.dismantle();
  return tier?.memory == null ? `no memory controller: ${why}` : null;
})();

const processes = createProcesses();

describe.skipIf(lacks !== null)(
  `a real OOM kill in a memory cgroup (lacking: ${lacks})`,
  { timeout: 30_000 },
  () => {
    const oom = createOomWatch();
    const evidence = createEvidence(oom);
    let tier: CgroupTier;
    let cgroup: Cgroup;
    let baseline: Baseline;
    const children: ChildProcess[] = [];

    beforeEach(() => {
      const found = probe('cgroup2').tier;
      if (found === null) throw new Error('cannot play: no tier');
      tier = found;
      cgroup = tier.leaf('ci', 'app');
      cgroup.limit({ max: LIMIT, high: null });
    });
    afterEach(async () => {
      for (const child of children.splice(0)) child.kill('SIGKILL');
      await strikeCgroups(tier);
    });

    /** A shell joins the cgroup and then runs the script; what it says is awaited by the caller. */
    const launch = async (script: string): Promise<{ leader: Identity; ended: Promise<Exit> }> => {
      baseline = evidence.note(cgroup);
      const join = cgroup.joinFiles.map((file) => `echo $$ >${file}`).join(' && ');
      const child = spawn('/bin/sh', ['-c', `${join} && ${script}`], { stdio: 'ignore' });
      children.push(child);
      const ended = once(child, 'exit').then(([code, signal]) => ({ code, signal }));
      await once(child, 'spawn');
      const row = processes.row(child.pid ?? 0);
      return { leader: row === 'gone' ? { pid: child.pid ?? 0, startTick: 0 } : row, ended };
    };

    const suspect = (leader: Identity, found: Evidence): Suspect => ({
      evidence: found,
      leaderPid: leader.pid,
      cgroupPath: cgroup.memoryPath,
      memoryMax: LIMIT,
      pidsMatch: oom.pidsMatch,
    });

    const verdictOf = (leader: Identity, exit: Exit) => {
      const found = evidence.gather({ baseline, cgroup, leaderPid: leader.pid });
      return judge({ ...suspect(leader, found), exit, orderedBy: null });
    };

    test('of the leader is certain, for its own limit, with the kernel naming it', async () => {
      const { leader, ended } = await launch(`exec ${EATS}`);
      const exit = await ended;
      expect(exit).toEqual({ code: null, signal: 'SIGKILL' });
      const verdict = verdictOf(leader, exit);
      expect(verdict).toMatchObject({ oom: 'certain', victim: { pid: leader.pid } });
      expect(verdict.evidence?.after.cgroup).toBe((verdict.evidence?.before.cgroup ?? 0) + 1);
      expect(verdict.because).toMatch(/^killed by the kernel for /);
    });

    test('is known to be for its own limit where the kernel log can be read', async ({ skip }) => {
      skip(oom.drainKernelLog().state !== 'readable', 'the kernel log cannot be read here');
      const { leader, ended } = await launch(`exec ${EATS}`);
      const verdict = verdictOf(leader, await ended);
      expect(verdict).toMatchObject({ cause: 'own-limit', victim: { comm: 'tail' } });
      expect(verdict.because).toContain(`for its own limit of 48 MB`);
      expect(verdict.because).toContain(`Killed process ${leader.pid} (tail)`);
    });

    test('of a command that a shell passes on as status 137 is certain', async () => {
      const { leader, ended } = await launch(`${EATS}; exit $?`);
      const exit = await ended;
      expect(exit).toEqual({ code: 137, signal: null });
      expect(verdictOf(leader, exit)).toMatchObject({ oom: 'certain' });
    });

    test('of a member while the leader lives is told once, and not again when the leader is killed otherwise', async () => {
      const told: Evidence[] = [];
      const watch = createMemoryWatch({ oom, processes, evidence, killed: (_, found) => told.push(found) });
      const { leader, ended } = await launch(`${EATS}; exec sleep 1000`);
      watch.follow('app', { leader, cgroup, baseline, members: () => cgroup.members() });
      await until('the member told', () => {
        watch.tick();
        return told.length > 0;
      });
      watch.tick();
      watch.tick();
      expect(told).toHaveLength(1);
      const [found] = told;
      expect(found === undefined ? null : judgeMember(suspect(leader, found)).oom).toBe('certain');
      baseline = watch.baseline('app') ?? baseline;
      processes.signal(leader, 'SIGKILL');
      expect(verdictOf(leader, await ended)).toMatchObject({ oom: 'no', cause: 'signal' });
    });

    test('for the limit of the group is laid to that limit', async ({ skip }) => {
      skip(oom.drainKernelLog().state !== 'readable', 'the kernel log cannot be read here');
      cgroup.limit({ max: null, high: null });
      const group = dirname(dirname(cgroup.joinFiles.at(-1) ?? ''));
      const file = tier.memory === 'v1' ? 'memory.limit_in_bytes' : 'memory.max';
      writeFileSync(`${group}/${file}`, String(LIMIT));
      const { leader, ended } = await launch(`exec ${EATS}`);
      const verdict = verdictOf(leader, await ended);
      expect(verdict).toMatchObject({ oom: 'certain', cause: 'outer-limit' });
      expect(verdict.because).toContain('/ci: ');
    });

    test('is not seen in a plain SIGKILL', async () => {
      const { leader, ended } = await launch('exec sleep 1000');
      await until('sleep', () => {
        const row = processes.row(leader.pid);
        return row !== 'gone' && row.comm === 'sleep';
      });
      processes.signal(leader, 'SIGKILL');
      const exit = await ended;
      expect(verdictOf(leader, exit)).toMatchObject({ oom: 'no', cause: 'signal' });
      const began = performance.now();
      for (let time = 0; time < 100; time += 1) verdictOf(leader, exit);
      expect((performance.now() - began) / 100).toBeLessThan(0.5);
    });
  },
);
