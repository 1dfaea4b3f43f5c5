// Is a kill that nobody saw told of the right program, and never for certain without proof?

import { describe, expect, test } from 'vitest';
import type { OomRecord } from '../../src/model/verdict.ts';
import { judgeUnseen, type UnseenCase, type UnseenLife } from '../../src/oom/unseen.ts';

const PATH = '/tsvisor-ab/web/web';
const MB = 1024 * 1024;

const life: UnseenLife = {
  leader: { pid: 70, startTick: 5 },
  since: 1000,
  cgroupPath: PATH,
  memoryMax: 64 * MB,
};

const record = (more: Partial<OomRecord> = {}): OomRecord => ({
  seq: 9,
  usec: 2000,
  pid: 70,
  comm: 'web',
  scope: 'memcg',
  limitCgroup: PATH,
  taskCgroup: PATH,
  anonRss: 61 * 1024,
  fileRss: 0,
  shmemRss: 0,
  score: 300,
  ...more,
});

const about = (records: readonly OomRecord[], more: Partial<UnseenCase> = {}): UnseenCase => ({
  records,
  kernelLog: 'readable',
  pidsMatch: true,
  machine: { before: 3, after: 4 },
  ...more,
});

describe('a kill that no supervisor saw', () => {
  test('is certain when the log names the leader in its own cgroup, with the limit and the evidence', () => {
    const verdict = judgeUnseen(life, about([record()]));
    expect(verdict).toMatchObject({ oom: 'certain', cause: 'own-limit', victim: { pid: 70, comm: 'web' } });
    expect(verdict?.because).toMatch(
      /^killed by the kernel for its own limit of 64 MB while no supervisor looked: .*oom_kill went 3 -> 4; kernel log: Killed process 70 .*; the guardian swept the rest$/,
    );
  });

  test('of a member is told as such; the leader itself counts first', () => {
    const member = record({ pid: 71, comm: 'worker', taskCgroup: `${PATH}/inner` });
    expect(judgeUnseen(life, about([member]))).toMatchObject({
      oom: 'certain',
      because: expect.stringMatching(/^a member was killed /),
      victim: { pid: 71 },
    });
    const both = judgeUnseen(life, about([member, record()]));
    expect(both?.victim?.pid).toBe(70);
    expect(both?.evidence?.records).toHaveLength(2);
  });

  test('by the whole machine is laid to the machine', () => {
    const verdict = judgeUnseen(life, about([record({ scope: 'global', limitCgroup: null })]));
    expect(verdict).toMatchObject({ oom: 'certain', cause: 'machine' });
  });

  test('is only likely by a pid alone, since nobody saw that it was still its own', () => {
    expect(judgeUnseen(life, about([record({ taskCgroup: null })]))?.oom).toBe('likely');
    expect(judgeUnseen({ ...life, cgroupPath: null }, about([record()]))?.oom).toBe('likely');
  });

  test('is only likely where the log names pids and cgroups from outside', () => {
    const outside = record({ pid: 4711, taskCgroup: `/docker/abc${PATH}` });
    const verdict = judgeUnseen(life, about([outside], { pidsMatch: false }));
    expect(verdict?.oom).toBe('likely');
    expect(verdict?.because).toMatch(/^it or a member was probably killed /);
  });

  test.each([
    ['an earlier owner of the pid', record({ usec: 999 })],
    ['the same pid in another cgroup', record({ taskCgroup: '/tsvisor-ab/web/other' })],
    ['a cgroup whose name begins alike', record({ pid: 71, taskCgroup: `${PATH}2` })],
    ['a stranger of whom the place is not known', record({ pid: 71, taskCgroup: null })],
  ])('is none of its own for %s', (_, one) => {
    expect(judgeUnseen(life, about([one]))).toBeNull();
  });

  test('by a pid is nothing where pids are of another namespace', () => {
    expect(judgeUnseen(life, about([record({ taskCgroup: null })], { pidsMatch: false }))).toBeNull();
    expect(judgeUnseen(life, about([]))).toBeNull();
  });
});
