// Does a launched program run as planned, and does a launch that fails say why and what to do?

import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createProcesses } from '../../src/kernel/processes.ts';
import type { ProcessPlan } from '../../src/model/plan.ts';
import { createLauncher, type LaunchRequest, type LaunchResult } from '../../src/spawn/launch.ts';
import { plan } from '../model/process-plan.ts';
import { until } from '../until.ts';
import { guardianBinary, noCompiler } from '../guardian/binary.ts';
import { openPidsCgroup } from '../guardian/pids-cgroup.ts';
import { openTraces, statusOf, type Traces } from '../guardian/traces.ts';

const folder = mkdtempSync(join(tmpdir(), 'tsvisor-test-'));
afterAll(() => rmSync(folder, { recursive: true }));
const log = join(folder, 'log');

let traces: Traces;
beforeEach(() => {
  traces = openTraces();
  rmSync(log, { force: true });
});
afterEach(() => traces.close());

/** Room for one process. */
const pids = noCompiler ? null : openPidsCgroup(1);
afterAll(() => pids?.close());

const processes = createProcesses();
const isRoot = process.getuid?.() === 0;

type Change = Partial<Omit<LaunchRequest, 'plan'>> & { readonly plan?: Partial<ProcessPlan> };

const request = (command: string, change: Change = {}): LaunchRequest => ({
  env: traces.env,
  score: 300,
  scoreRequired: false,
  joinFiles: [],
  stdin: { kind: 'null' },
  stdout: { kind: 'append', path: log },
  stderr: { kind: 'same-as-stdout' },
  mode: 'exec',
  ...change,
  plan: plan({ name: 'app-1', command, ...change.plan }),
});

const launch = (command: string, change?: Change): Promise<LaunchResult> =>
  createLauncher({ guardian: guardianBinary(), identity: processes.row }).launch(request(command, change));

type Launched = Exclude<LaunchResult, { readonly error: string }>;

const started = async (command: string, change?: Change): Promise<Launched> => {
  const result = await launch(command, change);
  if ('error' in result) throw new Error(result.error);
  return result;
};

const refused = async (command: string, change?: Change): Promise<{ error: string; retry: boolean }> => {
  const result = await launch(command, change);
  if (!('error' in result)) throw new Error('it started');
  return result;
};

const openDescriptors = (): number => readdirSync('/proc/self/fd').length;

describe.skipIf(noCompiler)('a launch (needs a C compiler)', () => {
  test('gives the leader with its start tick, the score, and how it ended', async () => {
    const { leader, score, ended, reaper } = await started("sh -c 'cat /proc/self/oom_score_adj; exit 7'");
    expect(leader.startTick).toBeGreaterThan(0);
    expect(score).toEqual({ requested: 300, effective: 300, refusal: null });
    expect(reaper).toBeNull();
    expect(await ended).toEqual({ code: 7, signal: null });
    expect(readFileSync(log, 'utf8')).toBe('300\n');
  });

  test('names the very process that runs the program', async () => {
    const { leader, ended } = await started('sleep 1000');
    expect(processes.row(leader.pid)).toMatchObject({ ...leader, comm: 'sleep', pgid: leader.pid });
    expect(processes.signal(leader, 'SIGKILL')).toBe('sent');
    expect(await ended).toEqual({ code: null, signal: 'SIGKILL' });
  });

  test('gives the environment as it is and nothing else', async () => {
    const { ended } = await started('/usr/bin/env', { env: { ...traces.env, 'odd.name': '1' } });
    await ended;
    const names = readFileSync(log, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((row) => row.split('=')[0]);
    expect(new Set(names)).toEqual(new Set([...Object.keys(traces.env), 'odd.name']));
  });

  test('sets directory and umask', async () => {
    const { ended } = await started('sh -c "pwd; umask"', { plan: { directory: folder, umask: 0o27 } });
    await ended;
    expect(readFileSync(log, 'utf8')).toBe(`${folder}\n0027\n`);
  });

  test('sets niceness and limits', async () => {
    const ulimits = [
      { name: 'nofile', soft: 100, hard: 200 },
      { name: 'core', soft: 0, hard: null },
    ] as const;
    const asked = { nice: 7, ulimits };
    const { ended } = await started('sh -c "nice; ulimit -S -n; ulimit -H -n; ulimit -S -c"', {
      plan: asked,
    });
    await ended;
    expect(readFileSync(log, 'utf8')).toBe('7\n100\n200\n0\n');
  });

  test('says what to do about a limit that the kernel refuses', async () => {
    const ulimits = [{ name: 'nofile', soft: 1, hard: 2 ** 40 }] as const;
    expect((await refused('true', { plan: { ulimits } })).error).toMatch(
      /^cannot start app-1: resource limits: operation not permitted; ask for no more than the hard limit/,
    );
  });

  test('writes to a pipe that nobody reads yet', async () => {
    const path = join(folder, 'fifo');
    execFileSync(guardianBinary(), ['fifo', '600', path]);
    const { ended } = await started('echo hello', { stdout: { kind: 'pipe', path } });
    expect(await ended).toEqual({ code: 0, signal: null });
  });

  test('keeps no descriptor open and makes no zombie, whether it works or not', async () => {
    await (
      await started('true')
    ).ended;
    const before = openDescriptors();
    for (let round = 0; round < 20; round += 1) {
      await (
        await started('true')
      ).ended;
      await refused('true', { plan: { directory: '/no/such' } });
      const { ended, reaper } = await started('true', { mode: 'reap' });
      await ended;
      await reaper?.emptied;
    }
    await until('all sockets closed', () => openDescriptors() <= before);
    expect(processes.children(process.pid).filter((pid) => statusOf(pid, 'State').startsWith('Z'))).toEqual(
      [],
    );
  });

  test('starts with the nearest score when the one asked for is refused, and says so', async () => {
    const own = processes.score(process.pid);
    const { leader, score, ended } = await started('sleep 1000', { score: -1000 });
    expect(score.requested).toBe(-1000);
    expect(score.effective).toBe(processes.score(leader.pid));
    if (score.effective !== -1000) {
      expect(score.refusal).toBe('EACCES');
      expect(score.effective).toBeLessThanOrEqual(Number(own));
    }
    processes.signal(leader, 'SIGKILL');
    await ended;
  });

  test('asks for a parent-death signal when the guardian is lost or a reaper is above, else for none', async () => {
    const path = join(folder, 'tells-its-options');
    writeFileSync(path, '#!/bin/sh\necho "$@" >"$OPTIONS"; echo "score 0" >&3\n', { mode: 0o755 });
    const launcher = createLauncher({ guardian: path, identity: processes.row });
    const optionsOf = async (change: Change): Promise<string> => {
      const env = { ...traces.env, OPTIONS: log };
      const result = await launcher.launch(request('true', { ...change, env }));
      if (!('error' in result)) await result.ended;
      return readFileSync(log, 'utf8');
    };
    expect(await optionsOf({})).not.toContain('-P');
    expect(await optionsOf({ guardianLost: true })).toContain(` -P ${process.pid} --`);
    expect(await optionsOf({ mode: 'reap' })).toContain(` -P ${process.pid} --`);
  });

  test('runs two hundred at once', async () => {
    const all = await Promise.all(Array.from({ length: 200 }, () => started('true')));
    expect(new Set(all.map(({ leader }) => leader.pid)).size).toBe(200);
    const exits = await Promise.all(all.map(({ ended }) => ended));
    expect(exits.every(({ code }) => code === 0)).toBe(true);
  });
});

describe.skipIf(noCompiler)('a launch below a reaper (needs a C compiler)', () => {
  test('gives the leader, not the reaper, and hears how it ended', async () => {
    const { leader, reaper, score, ended } = await started('sh -c "exit 3"', { mode: 'reap' });
    expect(reaper?.pid).not.toBe(leader.pid);
    expect(score.effective).toBe(300);
    expect(await ended).toEqual({ code: 3, signal: null });
    await expect(reaper?.emptied).resolves.toBeUndefined();
    await until('the reaper gone', () => traces.pids().length === 0);
  });

  test('kills whatever escaped when told to, and is empty only then', async () => {
    const { leader, reaper, ended } = await started('sh -c "setsid sleep 1000 & sleep 1000 & wait"', {
      mode: 'reap',
    });
    await until('leader, two members and the reaper', () => traces.pids().length === 4);
    processes.signal(leader, 'SIGKILL');
    expect(await ended).toEqual({ code: null, signal: 'SIGKILL' });
    const emptied = reaper?.emptied.then(() => 'empty');
    expect(await Promise.race([emptied, Promise.resolve('not yet')])).toBe('not yet');
    reaper?.kill();
    expect(await emptied).toBe('empty');
    await until('nothing left', () => traces.pids().length === 0);
  });

  test('tells an end that nobody saw when the reaper itself is killed', async () => {
    const { reaper, ended } = await started('sleep 1000', { mode: 'reap' });
    process.kill(reaper?.pid ?? 0, 'SIGKILL');
    expect(await ended).toEqual({ code: null, signal: null });
    await until('the leader gone with it', () => traces.pids().length === 0);
  });

  test.skipIf(pids === null)('says so when the reaper may not fork (needs the pids controller)', async () => {
    const path = join(folder, 'crowded');
    writeFileSync(path, `#!/bin/sh\necho $$ >${pids?.joinFile}\nexec ${guardianBinary()} "$@"\n`);
    chmodSync(path, 0o755);
    const launcher = createLauncher({ guardian: path, identity: processes.row });
    expect(await launcher.launch(request('sleep 1000', { mode: 'reap' }))).toEqual({
      error:
        'cannot start app-1: a process below its reaper: resource temporarily unavailable; raise the limit of processes',
      retry: true,
    });
  });

  test('fails with the same words as without', async () => {
    const change = { plan: { directory: '/no/such' } };
    expect(await refused('true', { ...change, mode: 'reap' })).toEqual(await refused('true', change));
  });
});

describe.skipIf(noCompiler)('a launch that fails (needs a C compiler)', () => {
  const script = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    chmodSync(path, 0o755);
    return path;
  };

  test('says in the words of supervisord what is wrong with the command', async () => {
    expect(await refused('no-such-command')).toEqual({
      error: "can't find command 'no-such-command'",
      retry: true,
    });
  });

  test('names the directory', async () => {
    expect(await refused('true', { plan: { directory: '/no/such' } })).toEqual({
      error:
        'cannot start app-1: directory /no/such: no such file or directory; create it, or correct directory',
      retry: true,
    });
  });

  test('names the cgroup', async () => {
    const joinFiles = ['/no/such/cgroup.procs'];
    expect((await refused('true', { joinFiles })).error).toBe(
      'cannot start app-1: cgroup /no/such/cgroup.procs: no such file or directory; somebody removed it: restart tsvisor, which makes it anew',
    );
  });

  test('names the streams', async () => {
    const { error } = await refused('true', { stdout: { kind: 'append', path: '/no/such/log' } });
    expect(error).toBe(
      'cannot start app-1: its standard streams (/no/such/log): no such file or directory; see that the folders exist and can be written to',
    );
  });

  test('tells a missing interpreter from a missing file', async () => {
    const path = script('orphan', '#!/no/such/interpreter\n');
    expect((await refused(path)).error).toMatch(
      new RegExp(
        `^cannot start app-1: ${path}: no such file or directory; the file is there, but the interpreter`,
      ),
    );
  });

  test('tells that a text is no program', async () => {
    const path = script('text', 'hello\n');
    expect((await refused(path)).error).toMatch(/: exec format error; .*first line begins with #!$/);
  });

  test.skipIf(processes.score(process.pid) === -1000)(
    'names the required score, the missing capability and the lowest value that is allowed',
    async () => {
      const result = await launch('sleep 1000', { score: -1000, scoreRequired: true });
      if ('error' in result)
        expect(result).toEqual({
          error: expect.stringMatching(
            /^cannot start app-1: oom_score_adj -1000: permission denied \(needs CAP_SYS_RESOURCE\); use a value of -?\d+ or more, or run as root with that capability$/,
          ) as string,
          retry: false,
        });
      else {
        // With the capability the required score is simply there.
        expect(result.score.effective).toBe(-1000);
        processes.signal(result.leader, 'SIGKILL');
        await result.ended;
      }
    },
  );

  test('says that arguments are too long', async () => {
    expect((await refused(`echo ${'x'.repeat(200_000)}`)).error).toBe(
      'cannot start app-1: its arguments or its environment are too long; shorten them',
    );
  });

  test('says that the guardian is missing', async () => {
    const launcher = createLauncher({ guardian: '/no/such/guardian', identity: processes.row });
    const result = await launcher.launch(request('true'));
    expect(result).toEqual({
      error:
        'cannot start app-1: the guardian /no/such/guardian cannot be run (ENOENT); build it with npm run build',
      retry: true,
    });
  });
});

describe.skipIf(noCompiler || !isRoot)('a launch as another user (needs root and a C compiler)', () => {
  const user = { name: 'app', uid: 65533, gid: 65534, groups: [65534, 1234], home: '/' };

  test('drops all rights and keeps the score', async () => {
    const open = join(folder, 'open');
    mkdirSync(open, { recursive: true });
    const { leader, ended, score } = await started('sleep 1000', { plan: { user } });
    expect([statusOf(leader.pid, 'Uid'), statusOf(leader.pid, 'Groups').trim()]).toEqual([
      '65533\t65533\t65533\t65533',
      '1234 65534',
    ]);
    expect(score.effective).toBe(300);
    expect(processes.score(leader.pid)).toBe(300);
    processes.signal(leader, 'SIGKILL');
    await ended;
  });

  test('names the user who may not search the directory', async () => {
    const closed = join(folder, 'closed');
    mkdirSync(closed, { mode: 0o700 });
    expect(await refused('true', { plan: { user, directory: closed } })).toEqual({
      error: `cannot start app-1: directory ${closed}: permission denied; let the user of the program search it, or correct directory`,
      retry: true,
    });
  });
});
