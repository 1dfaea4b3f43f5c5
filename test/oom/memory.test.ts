import { beforeEach, describe, expect, test } from 'vitest';
import type { Cgroup } from '../../src/kernel/port.ts';
import type { Identity } from '../../src/model/phase.ts';
import type { Evidence } from '../../src/model/verdict.ts';
import { createEvidence, type EvidenceGatherer } from '../../src/oom/evidence.ts';
import { createMemoryWatch, type MemoryWatch } from '../../src/oom/memory.ts';
import { FakeKernel } from '../kernel/fake.ts';
import { turn } from '../kernel/manual-clock.ts';

let kernel: FakeKernel;
let evidence: EvidenceGatherer;
let watch: MemoryWatch;
let told: (readonly [key: string, evidence: Evidence])[];

beforeEach(() => {
  kernel = new FakeKernel();
  evidence = createEvidence(kernel.oom);
  told = [];
  const { oom, processes } = kernel;
  watch = createMemoryWatch({ oom, processes, evidence, killed: (...what) => told.push(what) });
});

const follow = (name: string): { leader: Identity; cgroup: Cgroup; member: () => number } => {
  const cgroup = kernel.tier('ab').leaf('ci', name);
  const baseline = evidence.note(cgroup);
  const leader = kernel.spawn({ cgroup });
  watch.follow(name, { leader, cgroup, baseline, members: () => cgroup.members() });
  return { leader, cgroup, member: () => kernel.spawn({ cgroup }).pid };
};

const keys = (): string[] => told.map(([key]) => key);

describe('the memory watch', () => {
  test('tells of a member that was killed while its leader lives, once', () => {
    const app = follow('app');
    follow('other');
    kernel.oomKill(app.member());
    watch.tick();
    watch.tick();
    watch.tick();
    expect(keys()).toEqual(['app']);
    expect(told[0]?.[1].after.cgroup).toBe(1);
  });

  test('reads the counters of fifty processes in one turn of the event loop, and of all in a few', async () => {
    const apps = Array.from({ length: 120 }, (_, index) => follow(`app-${index}`));
    for (const { member } of apps) kernel.oomKill(member());
    watch.tick();
    expect(told).toHaveLength(50);
    await turn();
    expect(told).toHaveLength(100);
    await turn();
    expect(told).toHaveLength(120);
  });

  test('tells of a second member in the same life', () => {
    const app = follow('app');
    kernel.oomKill(app.member());
    watch.tick();
    kernel.oomKill(app.member());
    watch.tick();
    expect(keys()).toEqual(['app', 'app']);
  });

  test('notices the second kill in a second life, too', () => {
    const first = follow('app');
    kernel.oomKill(first.member());
    watch.tick();
    watch.forget('app');
    kernel.end(first.leader.pid);
    const second = follow('app');
    kernel.oomKill(second.member());
    watch.tick();
    expect(keys()).toEqual(['app', 'app']);
  });

  test('leaves a dead leader to its own verdict', () => {
    const app = follow('app');
    kernel.oomKill(app.leader.pid);
    watch.tick();
    watch.tick();
    expect(keys()).toEqual([]);
  });

  test('leaves a leader that the log names alone, even if it still seems to live', () => {
    const app = follow('app');
    kernel.oomKill(app.member(), { pid: app.leader.pid });
    watch.tick();
    watch.tick();
    watch.tick();
    expect(keys()).toEqual([]);
  });

  test('waits a tick when no log says who it was: it may be the leader, still dying', () => {
    kernel.logState = 'denied';
    const app = follow('app');
    const other = follow('other');
    kernel.oomKill(app.member());
    kernel.oomKill(other.member());
    watch.tick();
    expect(keys()).toEqual([]);
    kernel.end(other.leader.pid);
    watch.tick();
    expect(keys()).toEqual(['app']);
  });

  test('sees a cgroup that counts a moment after the machine', () => {
    const app = follow('app');
    kernel.machineKills = 1;
    watch.tick();
    kernel.machineKills = 0;
    kernel.oomKill(app.member());
    watch.tick();
    expect(keys()).toEqual(['app']);
  });

  test('looks at once where the kernel tells of a change', () => {
    const app = follow('app');
    watch.look('app');
    kernel.oomKill(app.member());
    watch.look('app');
    watch.look('app');
    watch.look('nobody');
    expect(keys()).toEqual(['app']);
  });

  test('reads one counter per tick while nothing is killed', () => {
    let reads = 0;
    const app = follow('app');
    const counted = { ...app.cgroup, counters: () => ((reads += 1), app.cgroup.counters()) };
    const baseline = evidence.note(app.cgroup);
    watch.follow('app', { leader: app.leader, cgroup: counted, baseline, members: () => [] });
    for (let tick = 0; tick < 10; tick += 1) watch.tick();
    expect(reads).toBe(0);
  });

  test('finds a victim in the log by its pid where no cgroup counts', () => {
    const leader = kernel.spawn();
    const [worker, stranger] = [kernel.spawn({ ppid: leader.pid }), kernel.spawn()];
    const members = (): readonly number[] => [leader.pid, ...kernel.processes.children(leader.pid)];
    watch.follow('app', { leader, cgroup: null, baseline: evidence.note(null), members });
    watch.tick();
    kernel.oomKill(stranger.pid);
    watch.tick();
    expect(keys()).toEqual([]);
    kernel.oomKill(worker.pid);
    watch.tick();
    watch.tick();
    expect(keys()).toEqual(['app']);
    expect(told[0]?.[1].records.map(({ pid }) => pid)).toEqual([worker.pid]);
  });

  test('gives the baseline behind what was told', () => {
    const app = follow('app');
    kernel.oomKill(app.member());
    watch.tick();
    expect(watch.baseline('app')?.counters.cgroup).toBe(1);
    watch.forget('app');
    expect(watch.baseline('app')).toBeNull();
  });

  test('looks at every cgroup where the machine has no counter', () => {
    const app = follow('app');
    kernel.machineKills = null;
    kernel.oomKill(app.member());
    watch.tick();
    expect(keys()).toEqual(['app']);
  });
});
