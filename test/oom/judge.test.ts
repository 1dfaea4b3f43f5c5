import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Exit } from '../../src/model/phase.ts';
import type { Evidence, OomRecord } from '../../src/model/verdict.ts';
import { judge, judgeMember, judgePast, type DeathCase } from '../../src/oom/judge.ts';

const LEADER = 812;
const PATH = '/tsvisor-ab/ci/app';
const MB = 1024 * 1024;

const record = (about: Partial<OomRecord> = {}): OomRecord => ({
  seq: 9,
  usec: 9,
  pid: LEADER,
  comm: 'node',
  scope: 'memcg',
  limitCgroup: PATH,
  taskCgroup: PATH,
  anonRss: 61 * 1024,
  fileRss: 800,
  shmemRss: 0,
  score: 300,
  ...about,
});
const member = (about: Partial<OomRecord> = {}): OomRecord => record({ pid: 900, comm: 'worker', ...about });
const MACHINE = { scope: 'global', limitCgroup: null } as const;

type Rise = readonly [number | null, number | null];

interface Told {
  readonly cgroup?: Rise;
  readonly hits?: Rise;
  readonly machine?: Rise;
  readonly records?: readonly OomRecord[];
  readonly kernelLog?: Evidence['kernelLog'];
}

const UNREAD: Rise = [null, null];

const evidence = ({ cgroup = UNREAD, hits = UNREAD, machine = UNREAD, ...log }: Told): Evidence => ({
  before: { cgroup: cgroup[0], limitHits: hits[0], machine: machine[0] },
  after: { cgroup: cgroup[1], limitHits: hits[1], machine: machine[1] },
  records: log.records ?? [],
  kernelLog: log.kernelLog ?? 'readable',
});

const KILLED: Exit = { code: null, signal: 'SIGKILL' };
const PASSED_ON: Exit = { code: 137, signal: null };
const UNSEEN: Exit = { code: null, signal: null };

const death = (told: Told, about: Partial<DeathCase> = {}): DeathCase => ({
  evidence: evidence(told),
  leaderPid: LEADER,
  cgroupPath: PATH,
  memoryMax: 64 * MB,
  pidsMatch: true,
  exit: KILLED,
  orderedBy: null,
  ...about,
});

/** Evidence, then what differs from a leader killed by SIGKILL that nobody ordered, then the verdict. */
type Row = readonly [name: string, told: Told, about: Partial<DeathCase>, oom: string, cause: string];

const TABLE: readonly Row[] = [
  ['own counter rose', { cgroup: [0, 1] }, {}, 'certain', 'unknown'],
  ['own counter rose, log denied', { cgroup: [0, 1], kernelLog: 'denied' }, {}, 'certain', 'unknown'],
  ['own counter and limit hit (v2)', { cgroup: [3, 4], hits: [3, 4] }, {}, 'certain', 'own-limit'],
  ['own counter, limit not hit (v2)', { cgroup: [0, 1], hits: [0, 0] }, {}, 'certain', 'unknown'],
  ['record and counter', { cgroup: [0, 1], records: [record()] }, {}, 'certain', 'own-limit'],
  ['record alone', { records: [record()] }, {}, 'certain', 'own-limit'],
  [
    'record of an outer limit',
    { records: [record({ limitCgroup: '/outer' })] },
    {},
    'certain',
    'outer-limit',
  ],
  [
    'record of a neighbour with a longer name',
    { records: [record({ limitCgroup: `${PATH}2` })] },
    {},
    'certain',
    'outer-limit',
  ],
  ['record of the machine', { cgroup: [0, 1], records: [record(MACHINE)] }, {}, 'certain', 'machine'],
  [
    'record without cgroups, limit not hit (v2)',
    { cgroup: [0, 1], hits: [0, 0], records: [record({ limitCgroup: null })] },
    {},
    'certain',
    'outer-limit',
  ],
  [
    'record without any cgroup of ours',
    { records: [record({ limitCgroup: '/a' })] },
    { cgroupPath: null },
    'certain',
    'outer-limit',
  ],
  [
    'a member is named for all that was counted',
    { cgroup: [0, 1], records: [member()] },
    {},
    'likely',
    'own-limit',
  ],
  [
    'more was counted than members are named',
    { cgroup: [0, 2], records: [member()] },
    {},
    'certain',
    'own-limit',
  ],
  [
    'a member is named, but records were lost',
    { cgroup: [0, 1], records: [member()], kernelLog: 'lost-records' },
    {},
    'certain',
    'own-limit',
  ],
  [
    'a group kill names the leader too',
    { cgroup: [0, 3], records: [member(), record()] },
    {},
    'certain',
    'own-limit',
  ],
  [
    'status 137, own counter rose',
    { cgroup: [0, 1], records: [member()] },
    { exit: PASSED_ON },
    'certain',
    'own-limit',
  ],
  ['status 137, nothing counted', { cgroup: [1, 1], machine: [1, 1] }, { exit: PASSED_ON }, 'no', 'exit'],
  ['status 137, machine only', { machine: [1, 2] }, { exit: PASSED_ON }, 'likely', 'unknown'],
  ['own counter did not move while the machine did', { cgroup: [1, 1], machine: [1, 2] }, {}, 'no', 'signal'],
  ['machine only, log denied', { machine: [1, 2], kernelLog: 'denied' }, {}, 'likely', 'unknown'],
  ['machine only, log absent', { machine: [1, 2], kernelLog: 'absent' }, {}, 'likely', 'unknown'],
  ['machine only, log lost records', { machine: [1, 2], kernelLog: 'lost-records' }, {}, 'likely', 'unknown'],
  ['machine only, log names others', { machine: [1, 2] }, {}, 'no', 'signal'],
  ['machine only, log of another namespace', { machine: [1, 2] }, { pidsMatch: false }, 'likely', 'unknown'],
  ['nothing moved', { cgroup: [0, 0], machine: [4, 4] }, {}, 'no', 'signal'],
  ['machine did not move, no cgroup', { machine: [4, 4], kernelLog: 'denied' }, {}, 'no', 'signal'],
  ['only the log, and it is silent', {}, {}, 'no', 'signal'],
  ['nothing can be read', { kernelLog: 'denied' }, {}, 'unknown', 'unknown'],
  ['nothing can be read but a log of another namespace', {}, { pidsMatch: false }, 'unknown', 'unknown'],
  [
    'a log of another namespace names our number',
    { cgroup: [0, 0], records: [record()] },
    { pidsMatch: false },
    'no',
    'signal',
  ],
  ['nobody saw the end, counter rose', { cgroup: [0, 1] }, { exit: UNSEEN }, 'likely', 'unknown'],
  ['nobody saw the end, record', { records: [record()] }, { exit: UNSEEN }, 'certain', 'own-limit'],
  ['nobody saw the end, nothing moved', { cgroup: [0, 0] }, { exit: UNSEEN }, 'no', 'signal'],
  ['we killed it', { cgroup: [0, 0] }, { orderedBy: 'tsvisor' }, 'no', 'tsvisor'],
  ['we killed it, a member was killed before', { cgroup: [0, 1] }, { orderedBy: 'tsvisor' }, 'no', 'tsvisor'],
  ['an operator killed it', { machine: [0, 1] }, { orderedBy: 'operator' }, 'no', 'operator'],
  [
    'we killed it and the kernel names it',
    { cgroup: [0, 1], records: [record()] },
    { orderedBy: 'tsvisor' },
    'likely',
    'own-limit',
  ],
  ['it ended by itself', { cgroup: [0, 1] }, { exit: { code: 0, signal: null } }, 'no', 'exit'],
  ['another signal', { cgroup: [0, 1] }, { exit: { code: null, signal: 'SIGSEGV' } }, 'no', 'signal'],
  [
    'a signal that we sent',
    {},
    { exit: { code: null, signal: 'SIGTERM' }, orderedBy: 'tsvisor' },
    'no',
    'tsvisor',
  ],
];

describe('a death is judged', () => {
  test.each(TABLE)('%s', (...[, told, about, oom, cause]) => {
    const verdict = judge(death(told, about));
    expect({ oom: verdict.oom, cause: verdict.cause }).toEqual({ oom, cause });
    expect(verdict.because).not.toBe('');
    expect(verdict.evidence).not.toBeNull();
  });

  test('in plain words, with the evidence', () => {
    const told = { cgroup: [0, 1], records: [record()] } as const;
    expect(judge(death(told)).because).toBe(
      'killed by the kernel for its own limit of 64 MB: memory.oom_control oom_kill went 0 -> 1; kernel log: Killed process 812 (node), anon 61 MB, oom_score_adj 300',
    );
    expect(judge(death({ ...told, hits: [0, 1], records: [record(MACHINE)] })).because).toMatch(
      /^killed by the kernel because the machine was out of memory: memory\.events oom_kill went 0 -> 1; kernel log: /,
    );
    expect(judge(death({ cgroup: [2, 2] })).because).toBe(
      'killed by SIGKILL, and not for memory: memory.oom_control oom_kill stayed at 2; the kernel log names no process of it',
    );
    expect(judge(death({ kernelLog: 'denied' })).because).toBe(
      'killed by SIGKILL; whether for memory cannot be told here: no counter can be read; the kernel log may not be read',
    );
    expect(judge(death({ cgroup: [0, 1], records: [member()] }, { exit: PASSED_ON })).because).toMatch(
      /^exited with status 137 after a member was killed by the kernel for its own limit of 64 MB: /,
    );
    expect(judge(death({}, { exit: KILLED, orderedBy: 'operator' })).because).toBe(
      'killed by SIGKILL, as the operator asked',
    );
  });

  test('with the victim that the kernel names, and no other', () => {
    expect(judge(death({ records: [record()] })).victim).toMatchObject({ pid: LEADER, comm: 'node' });
    expect(judge(death({ cgroup: [0, 1] })).victim).toEqual({ pid: LEADER, comm: null });
    expect(judge(death({ cgroup: [0, 1], records: [member()] })).victim).toMatchObject({
      pid: 900,
      comm: 'worker',
    });
    expect(judge(death({ cgroup: [0, 0] })).victim).toBeNull();
  });

  test('with names of programs that cannot disturb a terminal', () => {
    const evil = record({ comm: '\u001B[2J\n\\ok' });
    const { because } = judge(death({ records: [evil] }));
    expect(because).toContain(String.raw`(\x1b[2J\x0a\x5cok)`);
    expect(because).not.toMatch(/\p{C}/u);
  });

  test('in a container by the end of our path, whatever stands before it', () => {
    const told = { taskCgroup: `/docker/x${PATH}`, limitCgroup: `/docker/x${PATH}` };
    const inside = { cgroup: [0, 1], records: [record({ ...told, pid: 44_000 })] } as const;
    expect(judge(death(inside, { pidsMatch: false }))).toMatchObject({ oom: 'certain', cause: 'own-limit' });
    const outer = { cgroup: [0, 1], records: [record({ ...told, limitCgroup: '/docker/x' })] } as const;
    expect(judge(death(outer, { pidsMatch: false }))).toMatchObject({ oom: 'certain', cause: 'outer-limit' });
  });
});

const count = fc.option(fc.integer({ min: 0, max: 5 }));
const rise = fc
  .tuple(count, fc.integer({ min: 0, max: 3 }))
  .map(([from, by]) => [from, from === null ? null : from + by] as const);
const anyEvidence = fc.record({
  cgroup: rise,
  hits: rise,
  machine: rise,
  records: fc.array(fc.constantFrom(record(), member(), record(MACHINE), member({ taskCgroup: null })), {
    maxLength: 3,
  }),
  kernelLog: fc.constantFrom('readable', 'denied', 'absent', 'lost-records' as const),
});
const anyCase = fc.record({
  exit: fc.constantFrom(KILLED, PASSED_ON, UNSEEN, { code: 0, signal: null }),
  orderedBy: fc.constantFrom('tsvisor', 'operator', null),
  pidsMatch: fc.boolean(),
  memoryMax: fc.constantFrom(null, 64 * MB),
});

describe('whatever the evidence', () => {
  test('a kill that was ordered is never a certain OOM', () => {
    fc.assert(
      fc.property(anyEvidence, anyCase, (told, about) => {
        fc.pre(about.orderedBy !== null);
        expect(judge(death(told, about)).oom).not.toBe('certain');
      }),
    );
  });

  test('an end by itself is never OOM', () => {
    fc.assert(
      fc.property(anyEvidence, anyCase, (told, about) => {
        expect(judge(death(told, { ...about, exit: { code: 0, signal: null } })).oom).toBe('no');
      }),
    );
  });

  test('a leader that the log names and SIGKILL ended is certain unless it was ordered', () => {
    fc.assert(
      fc.property(anyEvidence, (told) => {
        expect(judge(death({ ...told, records: [...told.records, record()] })).oom).toBe('certain');
      }),
    );
  });

  test('without a counter that rose and without a record nothing is certain', () => {
    fc.assert(
      fc.property(anyEvidence, anyCase, (told, about) => {
        const quiet = { ...told, cgroup: [told.cgroup[0], told.cgroup[0]] as const, records: [] };
        expect(judge(death(quiet, about)).oom).not.toBe('certain');
      }),
    );
  });
});

describe('a member killed while the leader lives is judged', () => {
  const suspect = (told: Told) => {
    const { exit: _exit, orderedBy: _orderedBy, ...rest } = death(told);
    return rest;
  };

  test('certain by record or counter, with the victim', () => {
    const verdict = judgeMember(suspect({ cgroup: [0, 1], records: [member()] }));
    expect(verdict).toMatchObject({
      oom: 'certain',
      cause: 'own-limit',
      victim: { pid: 900, comm: 'worker' },
    });
    expect(verdict.because).toMatch(
      /^a member was killed by the kernel for its own limit of 64 MB while the leader lives: /,
    );
    expect(judgeMember(suspect({ cgroup: [0, 1] }))).toMatchObject({ oom: 'certain', victim: null });
  });

  test('no when nothing moved, or when the victim is the leader, whose end will tell', () => {
    expect(judgeMember(suspect({ cgroup: [1, 1] })).oom).toBe('no');
    expect(judgeMember(suspect({ cgroup: [0, 1], records: [record()] })).oom).toBe('no');
    expect(judgeMember(suspect({})).oom).toBe('unknown');
  });
});

describe('the end of the supervisor before this one is judged', () => {
  const past = (about: Partial<Parameters<typeof judgePast>[0]>) =>
    judgePast({
      exit: KILLED,
      before: 3,
      after: 4,
      pid: LEADER,
      records: [],
      kernelLog: 'readable',
      pidsMatch: true,
      ...about,
    });

  test('certain when the log names it', () => {
    const verdict = past({ records: [record({ seq: 1, pid: 4 }), record({ ...MACHINE, taskCgroup: '/' })] });
    expect(verdict).toMatchObject({ oom: 'certain', cause: 'machine', victim: { pid: LEADER } });
  });

  test('no when the log is readable and names others', () => {
    expect(past({ records: [record({ pid: 5 })] }).oom).toBe('no');
  });

  test('no when the counter stood still, even if an old record has its pid', () => {
    expect(past({ before: 4, records: [record()] }).oom).toBe('no');
  });

  test('likely by the counter when nobody remembers its pid or the log cannot be read', () => {
    expect(past({ pid: null })).toMatchObject({ oom: 'likely', victim: null });
    expect(past({ kernelLog: 'denied' }).oom).toBe('likely');
    expect(past({ pidsMatch: false, records: [record()] }).oom).toBe('likely');
  });

  test('unknown when nothing can be read, no when it ended by itself', () => {
    expect(past({ before: null, after: null, kernelLog: 'denied' }).oom).toBe('unknown');
    expect(past({ exit: { code: 1, signal: null } }).oom).toBe('no');
  });
});
