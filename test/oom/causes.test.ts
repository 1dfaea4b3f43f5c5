import { describe, expect, test } from 'vitest';
import type { Exit } from '../../src/model/phase.ts';
import type { Evidence } from '../../src/model/verdict.ts';
import { completeVerdict, type Witnesses } from '../../src/oom/causes.ts';
import { judge, type DeathCase } from '../../src/oom/judge.ts';

const KILLED: Exit = { code: null, signal: 'SIGKILL' };
const QUIET: Evidence = {
  before: { cgroup: 0, limitHits: null, machine: 5 },
  after: { cgroup: 0, limitHits: null, machine: 5 },
  records: [],
  kernelLog: 'readable',
};

const death = (exit: Exit, about: Partial<DeathCase> = {}): DeathCase => ({
  evidence: QUIET,
  leaderPid: 812,
  cgroupPath: '/user.slice/tsvisor-ab/ci/app',
  memoryMax: null,
  pidsMatch: true,
  exit,
  orderedBy: null,
  ...about,
});

const complete = (about: DeathCase, witnesses: Partial<Witnesses>) =>
  completeVerdict(judge(about), about, {
    marks: () => [],
    killers: () => [],
    lastWords: () => null,
    ...witnesses,
  });

describe('a kill that is not the kernel’s', () => {
  test.each([
    [
      'earlyoom',
      'Nov 05 10:51:12 host earlyoom[1105]: sending SIGKILL to process 812 uid 1009 "java": badness 67, VmRSS 4352 MiB',
    ],
    ['earlyoom', 'earlyoom[7]: sending SIGTERM to process 812 "python3": badness 209, VmRSS 2891 MiB'],
    ['earlyoom', "earlyoom: Killing process 'bash' with signal 15, pid: 812, badness: 538, VmRSS: 3160 MiB"],
    ['nohang', 'nohang[3824]:   PID:       812'],
    [
      'systemd-oomd',
      'systemd-oomd[5]: Killed /user.slice/tsvisor-ab due to memory pressure for /user.slice being 51.07% > 50.00% for > 20s with reclaim activity',
    ],
  ])('is laid to %s by its own line', (name, line) => {
    const verdict = complete(death(KILLED), { marks: () => ['something else', line] });
    expect(verdict).toMatchObject({ oom: 'likely', cause: 'userspace-killer', victim: { pid: 812 } });
    expect(verdict.because).toContain(`killed by ${name}`);
  });

  test.each([
    'earlyoom[7]: sending SIGTERM to process 8120 "python3": badness 209',
    'earlyoom[7]: mem avail: 812 of 13855 MiB',
    'systemd-oomd[5]: Killed /user.slice/tsvisor-abc due to memory pressure for /user.slice being 51% > 50%',
    'sending SIGKILL to process 812 uid 0 "app": a program that wrote this itself',
  ])('is not laid to a daemon that speaks of somebody else: %s', (line) => {
    expect(complete(death(KILLED), { marks: () => [line] })).toMatchObject({ oom: 'no', cause: 'signal' });
  });

  test.each([
    ['a SIGKILL', KILLED],
    ['a SIGTERM', { code: null, signal: 'SIGTERM' } as const],
    ['a shell that tells of one', { code: 143, signal: null }],
  ])('is never called no after %s while a daemon that kills writes where nobody can read it', (_, exit) => {
    const verdict = complete(death(exit), {
      killers: () => ['earlyoom'],
      marks: () => ['12,1,1,-;systemd[1]: Started earlyoom.service - Early OOM Daemon.'],
    });
    expect(verdict.oom).toBe('unknown');
    expect(verdict.because).toContain('earlyoom kills for memory here');
  });

  test('is laid to a daemon also where nothing else can be read', () => {
    const blind = {
      before: QUIET.before,
      after: { cgroup: null, limitHits: null, machine: null },
      records: [],
    };
    const about = death(KILLED, { evidence: { ...blind, kernelLog: 'denied' } });
    expect(judge(about).oom).toBe('unknown');
    const marks = () => ['earlyoom[7]: sending SIGTERM to process 812 "python3": badness 209'];
    expect(complete(about, { marks })).toMatchObject({ oom: 'likely', cause: 'userspace-killer' });
  });

  test('is called no when the daemon can be read and speaks of somebody else, and when the end was no kill', () => {
    const killers = () => ['earlyoom'];
    const marks = () => ['earlyoom[7]: mem avail: 812 of 13855 MiB'];
    expect(complete(death(KILLED), { killers, marks }).oom).toBe('no');
    expect(complete(death({ code: 1, signal: null }), { killers }).oom).toBe('no');
  });

  test('is ours when we had asked for it, whatever a log says', () => {
    const marks = () => ['earlyoom: sending SIGKILL to process 812 "app"'];
    const verdict = complete(death(KILLED, { orderedBy: 'operator' }), { marks });
    expect(verdict).toMatchObject({ oom: 'no', cause: 'operator' });
  });
});

describe('an end at a runtime’s own limit', () => {
  const V8 =
    '<--- Last few GCs --->\nFATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n----- Native stack trace -----\n 1: 0xb8';
  const cases: readonly (readonly [string, Exit, string])[] = [
    ['V8', { code: null, signal: 'SIGABRT' }, V8],
    ['V8', { code: 134, signal: null }, V8],
    ['JVM', { code: 3, signal: null }, 'Terminating due to java.lang.OutOfMemoryError: Java heap space'],
    [
      'JVM',
      { code: 1, signal: null },
      'Exception in thread "main" java.lang.OutOfMemoryError: Java heap space\n\tat A.main(A.java:3)',
    ],
    ['Go', { code: 2, signal: null }, 'fatal error: runtime: out of memory\n\ngoroutine 1 [running]:'],
    [
      'Python',
      { code: 1, signal: null },
      'Traceback (most recent call last):\n  File "a.py", line 1\nMemoryError',
    ],
  ];
  test.each(cases)('of %s is marked as the program’s own', (runtime, exit, lastWords) => {
    const verdict = complete(death(exit), { lastWords: () => lastWords });
    expect(verdict).toMatchObject({ oom: 'no', cause: 'runtime-heap' });
    expect(verdict.because).toContain(runtime);
  });

  const others: readonly (readonly [Exit, string])[] = [
    [{ code: 1, signal: null }, 'KeyError: MemoryError'],
    [{ code: 0, signal: null }, V8],
    [{ code: null, signal: 'SIGSEGV' }, 'segfault'],
    [KILLED, V8],
  ];
  test.each(others)('is not seen in %j with %j', (exit, lastWords) => {
    expect(complete(death(exit), { lastWords: () => lastWords }).cause).not.toBe('runtime-heap');
  });
});
