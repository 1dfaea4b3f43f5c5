// Is each trap of the ground named, with what to do, and is a good ground called fine?

import { describe, expect, test } from 'vitest';
import type { ProcessStatus, StatusReply } from '../../src/model/command.ts';
import { diagnose, gravity, type Finding } from '../../src/oom/doctor.ts';
import { readDoctorFacts, type DoctorFacts } from '../../src/oom/doctor-facts.ts';

const GB = 1024 ** 3;

const GOOD: DoctorFacts = {
  kernel: '6.12.0',
  arch: 'x64',
  inKubernetes: false,
  score: 0,
  canLower: true,
  cgroups: { kind: 'cgroup2', memory: 'v2', why: '' },
  kernelLog: 'readable',
  pressure: true,
  oomGroups: [],
  unit: null,
  oomd: false,
  sysctls: { panic_on_oom: 0, overcommit_memory: 0, oom_kill_allocating_task: 0 },
  memory: 8 * GB,
  swap: GB,
  lowMemory: null,
  limits: [],
  memlock: Infinity,
};

const bad = (more: Partial<DoctorFacts>, status: StatusReply | null = null): readonly Finding[] =>
  diagnose({ facts: { ...GOOD, ...more }, status }).filter(({ level }) => level !== 'fine');

test('a good ground is fine, with nothing to do', () => {
  expect(bad({})).toEqual([]);
  expect(gravity(diagnose({ facts: GOOD, status: null }))).toBe(0);
});

const UNIT = {
  name: 'ci.service',
  oomPolicy: 'continue',
  delegate: true,
  killMode: 'mixed',
  managedOom: 'auto',
};

describe('a trap is named with its cure', () => {
  const traps: readonly (readonly [string, Partial<DoctorFacts>, Finding['level'], RegExp])[] = [
    ['scores that cannot be lowered', { canLower: false }, 'advice', /CAP_SYS_RESOURCE/],
    ['Kubernetes’ 999', { canLower: false, score: 999, inKubernetes: true }, 'advice', /requests and limits/],
    ['no cgroup', { cgroups: { kind: null, memory: 'v1', why: 'read-only' } }, 'advice', /Delegate=yes/],
    [
      'no memory controller',
      { cgroups: { kind: 'cgroup2', memory: null, why: '' } },
      'advice',
      /memory_limit_watch/,
    ],
    ['a kernel log that may not be read', { kernelLog: 'denied' }, 'advice', /CAP_SYSLOG/],
    ['no PSI', { pressure: false }, 'advice', /psi=1/],
    ['a group kill above us', { oomGroups: ['/kubepods/x'] }, 'broken', /OOMPolicy=continue/],
    ['a unit that stops on OOM', { unit: { ...UNIT, oomPolicy: 'stop' } }, 'broken', /OOMPolicy=continue/],
    ['a unit without delegation', { unit: { ...UNIT, delegate: false } }, 'advice', /Delegate=yes/],
    [
      'a unit that kills only its main process',
      { unit: { ...UNIT, killMode: 'process' } },
      'advice',
      /KillMode=mixed/,
    ],
    ['systemd-oomd', { unit: { ...UNIT, managedOom: 'kill' }, oomd: true }, 'advice', /ManagedOOMPreference/],
    ['panic', { sysctls: { ...GOOD.sysctls, panic_on_oom: 1 } }, 'broken', /panic_on_oom=0/],
    [
      'killing who allocates',
      { sysctls: { ...GOOD.sysctls, oom_kill_allocating_task: 1 } },
      'advice',
      /allocating_task=0/,
    ],
    ['a 32-bit kernel', { lowMemory: GB / 2 }, 'advice', /64-bit/],
    ['too little locked memory', { memlock: 65_536 }, 'advice', /MEMLOCK/],
  ];
  test.each(traps)('%s', (...[, more, level, cure]) => {
    expect(bad(more)).toEqual([expect.objectContaining({ level, cure: expect.stringMatching(cure) })]);
  });
});

describe('a running supervisor', () => {
  const status = (more: { guardian?: string; process?: Partial<ProcessStatus> }): StatusReply =>
    // Only what the doctor looks at.
    ({
      supervisor: {
        pid: 7,
        score: -900,
        guardian: { pid: 6, score: -1000, state: more.guardian ?? 'present' },
        containment: 'cgroup2',
        memoryController: 'v2',
        notices: [],
      },
      processes:
        more.process === undefined
          ? []
          : [{ group: 'ci', name: 'app', score: null, memoryMax: null, ...more.process }],
    }) as unknown as StatusReply;

  test.each([['lost'], ['absent']])('with its guardian %s is broken', (guardian) => {
    expect(gravity(bad({ cgroups: null }, status({ guardian })))).toBe(2);
  });

  test('with limits above what there is is told', () => {
    const process = { memoryMax: { requested: 9 * GB, enforcedBy: 'memory.max' } };
    expect(bad({ cgroups: null }, status({ process }))).toEqual([
      expect.objectContaining({ about: 'sum of limits' }),
    ]);
    expect(
      bad(
        { cgroups: null, limits: [{ path: '/x', limit: 10 * GB, used: null }], memory: 16 * GB },
        status({ process }),
      ),
    ).toEqual([]);
  });

  test('with a refused score or a limit that nobody enforces is told by name', () => {
    const process = {
      score: { requested: -500, effective: 0, refusal: 'EACCES' },
      memoryMax: { requested: 1, enforcedBy: null },
    };
    expect(bad({ cgroups: null }, status({ process })).map(({ about }) => about)).toEqual([
      'ci:app',
      'ci:app',
    ]);
  });
});

test('the ground of this machine can be read, and looking changes nothing', () => {
  const before = readDoctorFacts({ supervisor: process.pid });
  expect(before.cgroups).toBeNull();
  expect(before.memory).toBeGreaterThan(0);
  expect(readDoctorFacts({ supervisor: process.pid }).score).toBe(before.score);
  expect(diagnose({ facts: before, status: null }).length).toBeGreaterThan(8);
});

test("a container's own cgroup, which it sees at the top, is called by that name", () => {
  const limits = [{ path: '/', limit: GB, used: GB / 2 }];
  const findings = diagnose({ facts: { ...GOOD, limits, oomGroups: ['/'] }, status: null });
  const textOf = (about: string): string | undefined => findings.find((one) => one.about === about)?.text;
  expect(textOf('limits around us')).toBe('this container allows 1024 MB, 512 MB used');
  expect(textOf('group kills')).toMatch(/^memory\.oom\.group is set on this container: /);
});
