// Does the guardian keep its promises against the worst: a fork bomb, a process that cannot be killed, the part of PID 1?

import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { until } from '../until.ts';
import { noCompiler } from './binary.ts';
import { openPidsCgroup } from './pids-cgroup.ts';
import { isAlive } from './traces.ts';
import { endWards, startGuardian } from './ward.ts';

afterEach(async () => {
  if (freezes) thaw();
  await endWards();
});

const TIMEOUT_MS = 60_000;
/** Processes; two of them are the guardian and the supervisor. */
const LIMIT = 150;
const folder = mkdtempSync(join(tmpdir(), 'tsvisor-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

const SOURCES = resolve(import.meta.dirname, '../../src/guardian');

const compile = (sources: readonly string[], name: string): string | null => {
  const path = join(folder, name);
  try {
    execFileSync('cc', ['-std=c11', '-O2', '-I', SOURCES, '-o', path, ...sources]);
    return path;
  } catch {
    // A machine with musl-gcc only.
    return null;
  }
};

const bomb = noCompiler
  ? null
  : compile([resolve(import.meta.dirname, '../programs/forks-for-ever.c')], 'forks-for-ever');
const pids = bomb === null ? null : openPidsCgroup(LIMIT);
afterAll(async () => pids?.close());

describe.skipIf(pids === null)('a guardian against a fork bomb (needs cc and the pids controller)', () => {
  test(
    'kills every process of it, though each forks as fast as it can in a session of its own',
    async () => {
      const { line, traces } = startGuardian(
        `[ "$life" = 1 ] || { echo "$past"; exit 0; }
         echo ready >&3; echo "supervisor $$"; ${bomb} & wait`,
        { through: ['/bin/sh', '-c', `echo $$ >${pids?.joinFile}; exec "$@"`, 'sh'] },
      );
      const supervisor = Number((await line(/^supervisor/)).split(' ')[1]);
      await until('the bomb grown to the limit', () => (pids?.count() ?? 0) > LIMIT - 20);
      process.kill(supervisor, 'SIGKILL');
      expect(await line(/^past/, TIMEOUT_MS / 2)).toMatch(
        /^past signal 9 killed \d\d+ took \d+ oom \d+ \d+ stuck -$/,
      );
      expect(traces.pids()).toEqual([]);
    },
    TIMEOUT_MS,
  );
});

const FREEZER = '/sys/fs/cgroup/freezer';
const frozen = join(FREEZER, `tsvisor-test-${process.pid}`);

const canFreeze = (): boolean => {
  if (noCompiler || !existsSync(join(FREEZER, 'cgroup.procs'))) return false;
  try {
    mkdirSync(frozen);
    return true;
  } catch {
    // No rights, or a read-only tree.
    return false;
  }
};

const freezes = canFreeze();
const thaw = (): void => writeFileSync(join(frozen, 'freezer.state'), 'THAWED');
afterAll(async () => {
  if (!freezes) return;
  thaw();
  await until('the freezer empty', () => readFileSync(join(frozen, 'cgroup.procs'), 'utf8') === '');
  rmdirSync(frozen);
});

describe.skipIf(!freezes)('a guardian with an unkillable member (needs the v1 freezer)', () => {
  test(
    'kills the descendants of it, names it after 10 s and starts the next supervisor all the same',
    async () => {
      // The kernel keeps a SIGKILL from a frozen task until it is thawed: as unkillable as a dead disk makes it.
      const { line } = startGuardian(
        `if [ "$life" = 1 ]; then
           echo ready >&3; echo "supervisor $$"
           sh -c 'sleep 1000 & echo "child $!"; echo "member $$"; wait' & wait
         else echo "$past"; echo ready >&3; sleep 1000; fi`,
      );
      const number = async (word: string): Promise<number> =>
        Number((await line(new RegExp(`^${word} `))).split(' ')[1]);
      const member = await number('member');
      const child = await number('child');
      writeFileSync(join(frozen, 'cgroup.procs'), String(member));
      writeFileSync(join(frozen, 'freezer.state'), 'FROZEN');
      process.kill(await number('supervisor'), 'SIGKILL');
      await until('the child of the frozen member gone', () => !isAlive(child));
      const past = await line(/^past/, 20_000);
      expect(past).toMatch(new RegExp(`^past signal 9 killed [01] .* stuck ${member}:\\d+$`));
      expect(isAlive(member)).toBe(true);
      thaw();
      await until('the thawed member dead and reaped', () => !existsSync(`/proc/${member}`));
    },
    TIMEOUT_MS,
  );
});

const unshared = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'] as const;
const canUnshare = !noCompiler && spawnSync(unshared[0], [...unshared.slice(1), 'true']).status === 0;

describe.skipIf(!canUnshare)('a guardian as PID 1 (needs unshare --pid)', () => {
  test('sweeps, starts the next supervisor, reaps orphans and obeys TERM', async () => {
    const { line, child, ended } = startGuardian(
      `echo "guardian $pid"
       (setsid sh -c 'sleep 1000' &)
       if [ "$life" = 1 ]; then echo ready >&3; kill -9 $$; fi
       echo "$past"
       trap 'echo "alive $(ls -d /proc/[0-9]* | wc -l)"; exit 0' TERM
       echo ready >&3; kill -TERM 1; while :; do sleep 0.01; done`,
      { through: unshared },
    );
    expect(await line(/^guardian/)).toBe('guardian 1');
    expect(await line(/^past/)).toMatch(/^past signal 9 killed [12] /);
    await line(/^alive/);
    expect(await ended).toBe(0);
    expect(child.exitCode).toBe(0);
  });
});

/** What a kernel has, and what none has. */
const OLDER = [
  ['"/proc/thread-self/children"', '"/proc/none"'],
  ['PIDFD_OPEN = 434', 'PIDFD_OPEN = 100434'],
  ['CLOSE_RANGE = 436', 'CLOSE_RANGE = 100436'],
] as const;

/** The guardian as it behaves on a kernel without lists of children, pidfd_open and close_range. */
const compileForOldKernel = (): string | null => {
  const older = join(folder, 'older');
  mkdirSync(older);
  const files = readdirSync(SOURCES).filter((name) => /\.[ch]$/.test(name));
  const changed = files.flatMap((name) => {
    const source = readFileSync(join(SOURCES, name), 'utf8');
    const text = OLDER.reduce((sofar, [now, then]) => sofar.replaceAll(now, then), source);
    writeFileSync(join(older, name), text);
    return OLDER.filter(([now]) => source.includes(now)).map(([now]) => now);
  });
  expect(changed.toSorted()).toEqual(OLDER.map(([now]) => now).toSorted());
  const sources = files.filter((name) => name.endsWith('.c')).map((name) => join(older, name));
  const made = compile(sources, 'old-kernel');
  expect(made, 'the old guardian compiles').not.toBe(null);
  return made;
};

const old = noCompiler ? null : compileForOldKernel();

describe.skipIf(old === null)('a guardian on an old kernel (needs cc)', () => {
  test('finds all descendants by looking through all processes', async () => {
    const { line, traces } = startGuardian(
      `[ "$life" = 1 ] || { echo "$past"; exit 0; }
       echo ready >&3; sleep 1000 & setsid sleep 1000 & (setsid sh -c 'sleep 1000 & exec sleep 1000' &)
       echo "supervisor $$"; sleep 1000`,
      { binary: old ?? '' },
    );
    const supervisor = Number((await line(/^supervisor/)).split(' ')[1]);
    await until('guardian, supervisor and five members', () => traces.pids().length === 7);
    process.kill(supervisor, 'SIGKILL');
    expect(await line(/^past/)).toMatch(/^past signal 9 killed 5 /);
    await until('nothing left', () => traces.pids().length === 0);
  });

  test.skipIf(!canUnshare)('spares no pid, however small, as PID 1 of a container', async () => {
    const { line, ended } = startGuardian(
      `[ "$life" = 1 ] || { echo "$past"; exit 0; }
       echo ready >&3; for each in $(seq 20); do sleep 1000 & done; kill -9 $$`,
      { binary: old ?? '', through: unshared },
    );
    expect(await line(/^past/, 20_000)).toMatch(/^past signal 9 killed 20 .* stuck -$/);
    expect(await ended).toBe(0);
  });

  test('closes every descriptor of a program that was not asked for', () => {
    const words = ['exec', '--', '/bin/ls', 'ls', '/proc/self/fd'];
    const stdio = ['ignore', 'pipe', 'inherit', 'pipe', 'pipe', 'pipe'] as const;
    const { stdout } = spawnSync(old ?? '', words, { stdio: [...stdio], encoding: 'utf8' });
    expect(stdout).toBe('0\n1\n2\n3\n');
  });
});
