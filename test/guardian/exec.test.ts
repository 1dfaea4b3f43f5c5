// Does exec take every step in its order, and name the one that fails?

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { guardianBinary, noCompiler } from './binary.ts';
import { shoot, type Shot } from './shot.ts';
import { openTraces, type Traces } from './traces.ts';

const { EACCES, EINVAL, ENOENT, ENOEXEC, EPERM, ESRCH } = constants.errno;
const folder = mkdtempSync(join(tmpdir(), 'tsvisor-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

let traces: Traces;
beforeEach(() => {
  traces = openTraces();
});
afterEach(() => traces.close());

const sh = (script: string): string[] => ['--', '/bin/sh', 'sh', '-c', script];
const exec = (options: readonly string[], command: readonly string[] = sh('exit 0')): Shot =>
  shoot(['exec', ...options, ...command], { traces });

const isRoot = process.getuid?.() === 0;
const capabilities = BigInt(
  `0x${/^CapEff:\s*(\w+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0'}`,
);
/** CAP_SYS_RESOURCE is number 24. */
const mayLower = (capabilities & (1n << 24n)) !== 0n;
const ownScore = Number(readFileSync('/proc/self/oom_score_adj', 'utf8'));

describe.skipIf(noCompiler)('exec (needs a C compiler)', () => {
  test('becomes the program in the same process, with the argv[0] that was asked for', async () => {
    const shot = exec([], ['--', '/bin/sh', 'other-name', '-c', 'echo "$$ $0 $1"', 'zero', 'one']);
    expect(await shot.ended).toBe(0);
    expect(shot.out()).toBe(`${shot.pid} zero one\n`);
    const named = exec([], ['--', '/bin/sh', 'other-name', '-c', 'tr "\\0" " " </proc/$$/cmdline']);
    await named.ended;
    expect(named.out()).toMatch(/^other-name -c /);
  });

  test('says the score and then nothing more when the program runs', async () => {
    expect(await exec(['-o', '321']).closed).toBe('score 321\n');
  });

  test('sets the score before the program runs, so that a child that is forked at once has it', async () => {
    const shot = exec(['-O', '432'], sh('cat /proc/self/oom_score_adj & wait'));
    await shot.ended;
    expect(shot.out()).toBe('432\n');
  });

  test.skipIf(mayLower)(
    'takes the nearest score that is allowed when a preferred one is refused',
    async () => {
      const shot = exec(['-o', '-1000'], sh('cat /proc/self/oom_score_adj'));
      await shot.ended;
      const effective = Number(shot.out());
      expect(effective).toBeLessThanOrEqual(ownScore);
      expect(await shot.closed).toBe(`note oom_score_adj ${EACCES} ${effective}\nscore ${effective}\n`);
    },
  );

  test('leads a process group of its own in the session of its parent', async () => {
    const shot = exec([], sh('cut -d" " -f5,6 /proc/$$/stat'));
    await shot.ended;
    const [, , , , , session] = readFileSync('/proc/self/stat', 'utf8')
      .replace(/\(.*\)/, '()')
      .split(' ');
    expect(shot.out()).toBe(`${shot.pid} ${session}\n`);
  });

  test('sets umask, niceness, limits and directory', async () => {
    const options = ['-m', '027', '-N', '7', '-r', '7:100:200', '-r', '4:0:0', '-d', folder];
    const shot = exec(options, sh('umask; nice; ulimit -S -n; ulimit -H -n; ulimit -c; pwd'));
    await shot.ended;
    expect(shot.out()).toBe(`0027\n7\n100\n200\n0\n${folder}\n`);
  });

  test('passes the environment on as it is, odd names and all', async () => {
    const odd = { ...traces, env: { ...traces.env, 'my.odd-name': 'a=b c', EMPTY: '' } };
    const shot = shoot(['exec', '--', '/usr/bin/env', 'env'], { traces: odd });
    await shot.ended;
    expect(shot.out().split('\n').filter(Boolean).toSorted()).toEqual(
      Object.entries(odd.env)
        .map(([name, value]) => `${name}=${value}`)
        .toSorted(),
    );
  });

  test('closes every descriptor that was not asked for', async () => {
    const shot = shoot(['exec', ...sh('ls /proc/self/fd')], { traces, extra: ['pipe', 'pipe'] });
    await shot.ended;
    // ls itself has its listing open.
    expect(shot.out().split('\n').filter(Boolean)).toEqual(['0', '1', '2', '3']);
  });

  test('resets ignored signals and the mask, whoever started it', async () => {
    const shot = shoot(['exec', ...sh('grep -E "SigBlk|SigIgn" /proc/self/status')], {
      traces,
      through: ['/bin/sh', '-c', 'trap \'\' HUP INT TERM PIPE USR1; exec "$@"', 'sh'],
    });
    await shot.ended;
    expect(shot.out()).toMatch(/^SigBlk:\s0+\nSigIgn:\s0+\n$/);
  });

  test('opens pipes for both ends: neither opening nor writing needs a reader', async () => {
    const fifo = join(folder, 'out.fifo');
    execFileSync(guardianBinary(), ['fifo', '600', fifo]);
    const shot = exec(
      ['-p', `1:${fifo}`, '-D', '2:1'],
      sh('echo out; echo err >&2; readlink /proc/$$/fd/2 >&0; exit 9'),
    );
    expect(await shot.ended).toBe(9);
  });

  test('appends to a log file and sends stderr the same way', async () => {
    const log = join(folder, 'out.log');
    writeFileSync(log, 'before\n');
    const shot = exec(['-m', '022', '-a', `1:${log}`, '-D', '2:1'], sh('echo out; echo err >&2'));
    expect(await shot.ended).toBe(0);
    expect(readFileSync(log, 'utf8')).toBe('before\nout\nerr\n');
  });

  test('ties the program to its parent by a parent-death signal', async () => {
    const inner = `${guardianBinary()} exec -P $$ -- /bin/sleep sleep 1000 3>/dev/null & echo $!; wait`;
    const shot = shoot(['exec', ...sh(inner)], { traces });
    await expect.poll(() => shot.out()).toMatch(/^\d+\n$/);
    await expect.poll(() => traces.pids().length).toBe(2);
    process.kill(shot.pid, 'SIGKILL');
    await expect.poll(() => traces.pids()).toEqual([]);
  });
});

describe.skipIf(noCompiler || !isRoot)('exec as another user (needs root and a C compiler)', () => {
  const drop = ['-S', '65534,1234,4321', '-G', '65534', '-U', '65533'];

  test('has the user, the group, the supplementary groups and still the score', async () => {
    const shot = exec(
      ['-o', '250', ...drop],
      sh('grep -E "^(Uid|Gid|Groups)" /proc/$$/status; cat /proc/$$/oom_score_adj'),
    );
    await shot.ended;
    const rows = shot
      .out()
      .split('\n')
      .map((row) => row.trim().split(/\s+/));
    expect(rows).toEqual([
      ['Uid:', '65533', '65533', '65533', '65533'],
      ['Gid:', '65534', '65534', '65534', '65534'],
      ['Groups:', '1234', '4321', '65534'],
      ['250'],
      [''],
    ]);
  });

  test('opens logs before the rights go, and enters the directory after', async () => {
    const closedFolder = join(folder, 'closed');
    mkdirSync(closedFolder, { mode: 0o700 });
    const log = join(closedFolder, 'log');
    const opened = exec([...drop, '-a', `1:${log}`], sh('echo hello'));
    expect(await opened.ended).toBe(0);
    expect(readFileSync(log, 'utf8')).toBe('hello\n');
    expect(await exec([...drop, '-d', closedFolder]).closed).toBe(`score ${ownScore}\nchdir ${EACCES}\n`);
  });

  test('keeps the parent-death signal over the change of user', async () => {
    const inner = `${guardianBinary()} exec ${drop.join(' ')} -P $$ -- /bin/sleep sleep 1000 3>/dev/null & wait`;
    const shot = shoot(['exec', ...sh(inner)], { traces });
    await expect.poll(() => traces.pids().length).toBe(2);
    process.kill(shot.pid, 'SIGKILL');
    await expect.poll(() => traces.pids()).toEqual([]);
  });

  test.each([
    ['setgroups', ['-S', '1']],
    ['setgid', ['-G', '1']],
    ['setuid', ['-U', '1']],
  ])('names %s when the rights are missing', async (stage, options) => {
    const shot = shoot(['exec', ...options, ...sh('exit 0')], { traces, uid: 65533 });
    expect(await shot.closed).toBe(`score ${ownScore}\n${stage} ${EPERM}\n`);
    expect(await shot.ended).toBe(125);
  });
});

describe.skipIf(noCompiler)('exec names the step that fails (needs a C compiler)', () => {
  const plain = join(folder, 'plain');
  writeFileSync(plain, 'neither binary nor script\n', { mode: 0o755 });
  const locked = join(folder, 'locked');
  writeFileSync(locked, '#!/bin/sh\n', { mode: 0o644 });
  const orphaned = join(folder, 'orphaned');
  writeFileSync(orphaned, '#!/no/such/interpreter\n', { mode: 0o755 });

  test.each([
    ['cgroup', ENOENT, ['-g', '/no/such/cgroup.procs']],
    ['oom_score_adj', EINVAL, ['-O', '1001']],
    ['oom_score_adj', EINVAL, ['-O', 'high']],
    ['rlimit', EINVAL, ['-r', '7:200:100']],
    ['rlimit', EINVAL, ['-r', '7:100']],
    ['nice', EINVAL, ['-N', 'low']],
    ['umask', EINVAL, ['-m', '9']],
    ['open', ENOENT, ['-a', '1:/no/such/log']],
    ['open', ENOENT, ['-p', '1:/no/such/fifo']],
    ['open', EINVAL, ['-p', '3:/dev/null']],
    ['open', EINVAL, ['-D', '2:7']],
    ['setgroups', EINVAL, ['-S', '1,x']],
    ['setgid', EINVAL, ['-G', '-1']],
    ['setuid', EINVAL, ['-U', 'nobody']],
    ['pdeathsig', ESRCH, ['-P', '1']],
    ['chdir', ENOENT, ['-d', '/no/such/folder']],
  ])('%s with errno %i', async (stage, errno, options) => {
    const shot = exec(options, sh('echo it runs'));
    expect(await shot.ended).toBe(125);
    expect((await shot.closed).split('\n').at(-2)).toBe(`${stage} ${errno}`);
    expect(shot.out()).toBe('');
  });

  test.each([
    ['a missing file', ENOENT, '/no/such/program'],
    ['a missing interpreter', ENOENT, orphaned],
    ['a file without x', EACCES, locked],
    ['a text without #!', ENOEXEC, plain],
  ])('exec, for %s', async (_what, errno, file) => {
    const shot = exec([], ['--', file, 'name']);
    expect(await shot.ended).toBe(125);
    expect(await shot.closed).toBe(`score ${ownScore}\nexec ${errno}\n`);
  });

  test('setpgid, for the leader of a session', async () => {
    const shot = shoot(['exec', ...sh('exit 0')], { traces, detached: true });
    expect(await shot.closed).toBe(`setpgid ${EPERM}\n`);
  });

  test.skipIf(mayLower)(
    'oom_score_adj, for a required score that is refused, with the lowest allowed one',
    async () => {
      const said = await exec(['-O', '-1000']).closed;
      expect(said).toMatch(new RegExp(`^score -?\\d+\\noom_score_adj ${EACCES}\\n$`));
      expect(Number(said.split(/\s/)[1])).toBeLessThanOrEqual(ownScore);
    },
  );

  test('refuses an option it does not know, and a missing command', async () => {
    const unknown = exec(['-x', '1']);
    expect(await unknown.ended).toBe(125);
    expect(unknown.out()).toBe('guardian: cannot read option -x: errno 22\n');
    const nothing = exec([], ['--', '/bin/true']);
    expect(await nothing.ended).toBe(125);
    expect(nothing.out()).toContain("cannot find the program's command");
  });
});
