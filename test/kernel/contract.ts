// What does tsvisor rely on the kernel for? One suite that the real one and the fake one both pass.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CgroupTier, Processes } from '../../src/kernel/port.ts';
import type { Cgroup } from '../../src/kernel/port.ts';
import type { Identity } from '../../src/model/phase.ts';
import { until } from '../until.ts';

export interface Wish {
  readonly environ?: Readonly<Record<string, string>>;
  readonly cgroup?: Cgroup;
  /** In the group of this leader instead of its own. */
  readonly groupOf?: Identity;
}

/** Where the suite plays: a child of ours that sleeps, on either kernel. */
export interface Stage {
  /** Our own pid there. */
  readonly ours: number;
  readonly processes: Processes;
  readonly tier: CgroupTier;
  spawn(wish?: Wish): Promise<Identity>;
  /** Nothing that was spawned and no cgroup may remain. */
  strike(): Promise<void>;
}

export interface Candidate {
  readonly name: string;
  /** The ability that this machine lacks for it; null when it has all. */
  readonly lacks: string | null;
  readonly open: () => Promise<Stage>;
}

export const contract = ({ name, lacks, open }: Candidate): void => {
  const title = lacks === null ? name : `${name} (skipped: ${lacks})`;
  describe.skipIf(lacks !== null)(`the contract of ${title}`, () => {
    let stage: Stage;
    beforeEach(async () => {
      stage = await open();
    });
    afterEach(async () => {
      await stage.strike();
    });
    const gone = (one: Identity): Promise<boolean> =>
      until(`process ${one.pid} gone`, () => !stage.processes.alive(one));

    describe('processes', () => {
      test('gives the row of a child: parent, group, start tick', async () => {
        const child = await stage.spawn();
        expect(stage.processes.row(child.pid)).toMatchObject({
          ...child,
          ppid: stage.ours,
          pgid: child.pid,
          threads: 1,
        });
        expect(stage.processes.children(stage.ours)).toContain(child.pid);
        expect(stage.processes.all().map((row) => row.pid)).toContain(child.pid);
      });

      test('knows a later child by a start tick that is not earlier, and a newest pid', async () => {
        const [first, second] = [await stage.spawn(), await stage.spawn()];
        expect(second.startTick).toBeGreaterThanOrEqual(first.startTick);
        expect(stage.processes.newest()).toBeGreaterThanOrEqual(second.pid);
      });

      test('calls a process that ended gone, in every verb', async () => {
        const { processes } = stage;
        const child = await stage.spawn();
        expect(processes.signal(child, 'SIGKILL')).toBe('sent');
        await gone(child);
        await until('reaped', () => processes.row(child.pid) === 'gone');
        expect(processes.environ(child.pid, 'PATH')).toBe('gone');
        expect(processes.memory(child.pid)).toBe('gone');
        expect(processes.signal(child, 'SIGKILL')).toBe('gone');
        expect(processes.score(child.pid)).toBe('gone');
        expect(processes.setScore(child.pid, 100).refusal).toBe('ENOENT');
        expect(processes.children(child.pid)).toEqual([]);
      });

      test('never signals another owner of the pid', async () => {
        const { processes } = stage;
        const child = await stage.spawn();
        const earlier = { pid: child.pid, startTick: child.startTick - 1 };
        expect(processes.alive(earlier)).toBe(false);
        expect(processes.signal(earlier, 'SIGKILL')).toBe('gone');
        expect(processes.signalGroup(earlier, 'SIGKILL')).toBe('gone');
        expect(processes.alive(child)).toBe(true);
      });

      test('signals a whole group, also when its leader is gone', async () => {
        const { processes } = stage;
        const leader = await stage.spawn();
        const member = await stage.spawn({ groupOf: leader });
        expect(processes.row(member.pid)).toMatchObject({ pgid: leader.pid });
        processes.signal(leader, 'SIGKILL');
        await until('leader reaped', () => processes.row(leader.pid) === 'gone');
        expect(processes.alive(member)).toBe(true);
        expect(processes.signalGroup(leader, 'SIGKILL')).toBe('sent');
        await gone(member);
        // A zombie keeps its group until it is reaped.
        await until('no group', () => processes.signalGroup(leader, 'SIGKILL') === 'gone');
      });

      test('refuses the groups 0, 1 and our own', () => {
        const { processes, ours } = stage;
        const own = processes.row(ours);
        const group = own === 'gone' ? 0 : own.pgid;
        for (const pid of [0, 1, group])
          expect(processes.signalGroup({ pid, startTick: 0 }, 'SIGCONT')).toBe('denied');
      });

      test('reads one variable of the environment a process was started with', async () => {
        const child = await stage.spawn({ environ: { XA: 'no', A: 'ü=x', AB: 'no' } });
        expect(stage.processes.environ(child.pid, 'A')).toEqual({ value: 'ü=x' });
        expect(stage.processes.environ(child.pid, 'B')).toEqual({ value: null });
      });

      test('sets a score, reads it back, and names the refusal of one out of range', async () => {
        const { processes } = stage;
        const child = await stage.spawn();
        expect(processes.setScore(child.pid, 321)).toEqual({ effective: 321, refusal: null });
        expect(processes.score(child.pid)).toBe(321);
        expect(processes.setScore(child.pid, 1001)).toEqual({ effective: 321, refusal: 'EINVAL' });
      });

      test('calls a stopped process alive and gives its memory', async () => {
        const { processes } = stage;
        const child = await stage.spawn();
        processes.signal(child, 'SIGSTOP');
        await until('stopped', () => {
          const row = processes.row(child.pid);
          return row !== 'gone' && row.state === 'T';
        });
        expect(processes.alive(child)).toBe(true);
        const memory = processes.memory(child.pid);
        expect(typeof memory !== 'string' && memory.rss >= memory.anon && memory.rss > 0).toBe(true);
      });
    });

    describe('cgroups', () => {
      test('are empty when made, and hold who joins', async () => {
        const leaf = stage.tier.leaf('ci', 'app');
        expect(leaf.empty()).toBe(true);
        expect(leaf.members()).toEqual([]);
        const child = await stage.spawn({ cgroup: leaf });
        expect(leaf.empty()).toBe(false);
        expect(leaf.members()).toEqual([child.pid]);
        expect(stage.tier.everyone()).toEqual([child.pid]);
      });

      test('kill every member at once and say how many there were', async () => {
        const leaf = stage.tier.leaf('ci', 'app');
        const other = stage.tier.leaf('ci', 'other');
        const one = await stage.spawn({ cgroup: leaf });
        await stage.spawn({ cgroup: leaf, groupOf: one });
        const spared = await stage.spawn({ cgroup: other });
        expect(leaf.kill()).toBe(2);
        await until('empty', () => leaf.empty());
        expect(leaf.kill()).toBe(0);
        expect(stage.processes.alive(spared)).toBe(true);
      });

      test('kill a group, or everyone, by one call', async () => {
        const first = await stage.spawn({ cgroup: stage.tier.leaf('ci', 'a') });
        const second = await stage.spawn({ cgroup: stage.tier.leaf('ci', 'b') });
        const third = await stage.spawn({ cgroup: stage.tier.leaf('web', 'a') });
        expect(stage.tier.killGroup('ci')).toBe(2);
        await gone(first);
        await gone(second);
        expect(stage.processes.alive(third)).toBe(true);
        stage.tier.killEveryone();
        await gone(third);
        await until('nobody', () => stage.tier.everyone().length === 0);
      });

      test('count kills of the OOM killer from zero', () => {
        const { cgroup } = stage.tier.leaf('ci', 'app').counters();
        expect(cgroup).toBe(stage.tier.memory === null ? null : 0);
      });

      test('stay the same leaf under the same name', async () => {
        const child = await stage.spawn({ cgroup: stage.tier.leaf('ci', 'app') });
        expect(stage.tier.leaf('ci', 'app').members()).toEqual([child.pid]);
      });
    });
  });
};
