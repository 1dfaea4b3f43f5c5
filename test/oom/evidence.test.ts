import { beforeEach, describe, expect, test } from 'vitest';
import type { Cgroup } from '../../src/kernel/port.ts';
import {
  advance,
  createEvidence,
  isWithinSuffix,
  type Baseline,
  type EvidenceGatherer,
} from '../../src/oom/evidence.ts';
import { FakeKernel } from '../kernel/fake.ts';

let kernel: FakeKernel;
let evidence: EvidenceGatherer;
let cgroup: Cgroup;

beforeEach(() => {
  kernel = new FakeKernel();
  evidence = createEvidence(kernel.oom);
  cgroup = kernel.tier('ab', 'v2').leaf('ci', 'app');
});

const launch = () => {
  const baseline = evidence.note(cgroup);
  const leader = kernel.spawn({ cgroup });
  return { subject: { baseline, cgroup, leaderPid: leader.pid }, leader };
};

describe('evidence of a death', () => {
  test('is the counters before and after, and the record that names the leader', () => {
    const { subject, leader } = launch();
    kernel.oomKill(leader.pid);
    const found = evidence.gather(subject);
    expect(found.before).toEqual({ cgroup: 0, limitHits: 0, machine: 0 });
    expect(found.after).toEqual({ cgroup: 1, limitHits: 1, machine: 1 });
    expect(found.records.map((one) => one.pid)).toEqual([leader.pid]);
    expect(found.kernelLog).toBe('readable');
  });

  test('holds members killed in the same cgroup, and nobody of another', () => {
    const { subject } = launch();
    const member = kernel.spawn({ cgroup });
    const other = kernel.spawn({ cgroup: kernel.tier('ab', 'v2').leaf('ci', 'app2') });
    kernel.oomKill(member.pid);
    kernel.oomKill(other.pid);
    expect(evidence.gather(subject).records.map((one) => one.pid)).toEqual([member.pid]);
  });

  test('does not take the record of a former owner of the pid', () => {
    const former = kernel.spawn({ cgroup });
    kernel.oomKill(former.pid, { taskCgroup: null });
    const baseline = evidence.note(cgroup);
    kernel.reuse(former.pid, { cgroup });
    const found = evidence.gather({ baseline, cgroup, leaderPid: former.pid });
    expect(found.records).toEqual([]);
  });

  test('remembers a record that was drained for another process', () => {
    const first = launch();
    const second = launch();
    kernel.oomKill(first.leader.pid);
    kernel.oomKill(second.leader.pid);
    expect(evidence.gather(second.subject).records.map((one) => one.pid)).toContain(second.leader.pid);
    expect(evidence.gather(first.subject).records.map((one) => one.pid)).toContain(first.leader.pid);
  });

  test('is drained again when the counter had moved before the log did', () => {
    const { subject, leader } = launch();
    kernel.machineKills = 1;
    // A launch between the two drains too early.
    evidence.note(null);
    kernel.machineKills = 0;
    kernel.oomKill(leader.pid);
    expect(evidence.gather(subject).records.map((one) => one.pid)).toEqual([leader.pid]);
  });

  test('does not touch the log while no kill was counted', () => {
    const drained = { times: 0 };
    const { drainKernelLog } = kernel.oom;
    const watch = createEvidence({
      pidsMatch: true,
      machineKills: () => kernel.machineKills,
      killerMarks: () => [],
      killersHere: () => [],
      oomdHere: () => false,
      drainKernelLog: () => {
        drained.times += 1;
        return drainKernelLog();
      },
    });
    const leader = kernel.spawn({ cgroup });
    watch.gather({ baseline: watch.note(cgroup), cgroup, leaderPid: leader.pid });
    watch.note(cgroup);
    expect(drained.times).toBe(0);
    watch.readLog();
    watch.readLog();
    watch.note(cgroup);
    expect(drained.times).toBe(1);
    kernel.oomKill(leader.pid);
    watch.note(cgroup);
    watch.note(cgroup);
    expect(drained.times).toBe(2);
  });

  test('says what could not be read, and in which life records were lost', () => {
    const { subject, leader } = launch();
    kernel.oomKill(leader.pid);
    kernel.logState = 'lost-records';
    expect(evidence.gather(subject).kernelLog).toBe('lost-records');
    kernel.logState = 'readable';
    const later = launch();
    kernel.oomKill(later.leader.pid);
    expect(evidence.gather(later.subject).kernelLog).toBe('readable');
    kernel.logState = 'denied';
    const last = launch();
    kernel.oomKill(last.leader.pid);
    expect(evidence.gather(last.subject)).toMatchObject({ kernelLog: 'denied', records: [] });
  });

  test('has no counters without a cgroup or a memory controller', () => {
    const bare = kernel.tier('ab', null).leaf('ci', 'bare');
    for (const one of [null, bare]) {
      const { after } = evidence.gather({ baseline: evidence.note(one), cgroup: one, leaderPid: 1 });
      expect(after).toEqual({ cgroup: null, limitHits: null, machine: 0 });
    }
  });

  test('told once for a member is not told again at the end of the leader', () => {
    const { subject } = launch();
    kernel.oomKill(kernel.spawn({ cgroup }).pid);
    const told = evidence.gather(subject);
    const rest = evidence.gather({ ...subject, baseline: advance(subject.baseline, told) });
    expect(rest.before).toEqual(rest.after);
    expect(rest.records).toEqual([]);
  });
});

describe('in a container', () => {
  beforeEach(() => {
    kernel.pidsMatch = false;
  });

  test('a record with the number of our leader is not ours', () => {
    const { subject } = launch();
    const elsewhere = kernel.spawn({});
    kernel.oomKill(elsewhere.pid, { pid: subject.leaderPid, taskCgroup: '/docker/other' });
    expect(evidence.gather(subject).records).toEqual([]);
  });

  test('the end of our path is enough only if our counter moved', () => {
    const outer = { taskCgroup: `/docker/x${cgroup.memoryPath ?? ''}` };
    const { subject } = launch();
    kernel.oomKill(kernel.spawn({}).pid, outer);
    expect(evidence.gather(subject).records).toEqual([]);
    kernel.oomKill(subject.leaderPid, outer);
    expect(evidence.gather(subject).records).toHaveLength(2);
  });

  test.each([
    ['/docker/x/t/g/p', '/t/g/p', true],
    ['/docker/x/t/g/p/inner', '/t/g/p', true],
    ['/docker/x/t/g/p2', '/t/g/p', false],
    ['/t/g', '/t/g/p', false],
  ])('%s ends in or lies below %s: %s', (path, own, expected) => {
    expect(isWithinSuffix(path, own)).toBe(expected);
  });
});

describe('a baseline that was noted before the log was read', () => {
  test('leaves kills of before to those who had the pid then', () => {
    const old = kernel.spawn({ cgroup });
    kernel.oomKill(old.pid);
    const early = createEvidence(kernel.oom);
    const baseline = early.note(cgroup);
    expect(baseline.seq).toBeNull();
    const leader = kernel.reuse(old.pid, { cgroup });
    expect(early.gather({ baseline, cgroup, leaderPid: leader.pid }).records).toEqual([]);
    kernel.oomKill(leader.pid);
    const found = early.gather({ baseline, cgroup, leaderPid: leader.pid });
    expect(found.records.map(({ seq }) => seq)).toEqual([2]);
  });

  test('holds when the log is read while nothing happens, and kills come later', () => {
    for (let kill = 0; kill < 3; kill += 1) kernel.oomKill(kernel.spawn({ cgroup }).pid);
    const early = createEvidence(kernel.oom);
    const [first, second] = [kernel.spawn({ cgroup }), kernel.spawn({ cgroup })];
    const before = early.note(cgroup);
    kernel.oomKill(first.pid);
    const between = early.note(cgroup);
    early.readLog();
    kernel.oomKill(second.pid);
    const told = (baseline: Baseline): number[] =>
      early.gather({ baseline, cgroup, leaderPid: 0 }).records.map(({ pid }) => pid);
    expect(told(before)).toEqual([first.pid, second.pid]);
    expect(told(between)).toEqual([second.pid]);
    expect(told(early.note(cgroup))).toEqual([]);
  });
});

describe('the memory of a past life', () => {
  test('gives all records of the log, the oldest too', () => {
    const past = kernel.spawn({});
    kernel.oomKill(past.pid);
    const other = kernel.spawn({});
    kernel.oomKill(other.pid);
    expect(evidence.recall().records.map((one) => one.pid)).toEqual([past.pid, other.pid]);
  });
});
