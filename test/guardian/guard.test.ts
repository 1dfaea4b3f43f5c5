// Does the guardian keep its promises when the supervisor ends, however it ends?

import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { getPriority } from 'node:os';
import { Readable } from 'node:stream';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { until } from '../until.ts';
import { guardianBinary, noCompiler } from './binary.ts';
import { childrenOf, isAlive, statusOf } from './traces.ts';
import { endWards, startGuardian } from './ward.ts';

vi.setConfig({ testTimeout: 30_000 });
afterEach(endWards);

/** A supervisor that dies in its first life with children of every kind, and looks for them in its second. */
const LEAVES_MEMBERS = `
if [ "$life" = 1 ]; then
  echo ready >&3
  sleep 1000 & echo "member $!"
  setsid sh -c 'echo "member $$"; sleep 1000 & echo "member $!"; wait' &
  (setsid sh -c 'echo "member $$"; (sleep 1000 & echo "member $!"); exec sleep 1000' &)
  echo "supervisor $$"
  sleep 1000
else
  echo "$past"; echo ready >&3; sleep 1000
fi`;

const members = (lines: readonly string[]): number[] =>
  lines.flatMap((line) => (line.startsWith('member ') ? [Number(line.slice(7))] : []));

const prlimit = (...words: readonly string[]): boolean => spawnSync('prlimit', words).status === 0;
const canLimit = prlimit('--version');

const vmstat = (): number => Number(/^oom_kill (\d+)$/m.exec(readFileSync('/proc/vmstat', 'utf8'))?.[1]);

describe.skipIf(noCompiler)('a guardian (needs a C compiler)', () => {
  test('greets the first supervisor with its pid, its effective score and life 1', async () => {
    const { pid, line } = startGuardian('echo "hello $pid $score $life $past $TSVISOR_GUARDIAN"; sleep 1000');
    const score = readFileSync(`/proc/${pid}/oom_score_adj`, 'utf8').trim();
    expect(await line(/^hello/)).toBe(`hello ${pid} ${score} 1 end 1`);
  });

  test('has killed children, grandchildren that left the session and double forks before the next one starts', async () => {
    const { lines, line, traces } = startGuardian(LEAVES_MEMBERS);
    const supervisor = Number((await line(/^supervisor/)).split(' ')[1]);
    await until('five members', () => members(lines).length === 5);
    const before = members(lines);
    expect(before.filter(isAlive)).toHaveLength(5);
    process.kill(supervisor, 'SIGKILL');
    const past = await line(/^past/);
    expect(before.filter(isAlive)).toEqual([]);
    expect(past).toMatch(/^past signal 9 killed [56] took \d+ oom \d+ \d+ stuck -$/);
    await until('guardian, supervisor and its sleep', () => traces.pids().length === 3);
  });

  test('tells the counter of OOM kills at the start and at the end of the last supervisor', async () => {
    const before = vmstat();
    const { line } = startGuardian('echo ready >&3; [ "$life" = 1 ] && exit 1; echo "$past"; sleep 1000');
    const [, first, second] = /oom (\d+) (\d+) /.exec(await line(/^past exit 1 /)) ?? [];
    expect(Number(first)).toBeGreaterThanOrEqual(before);
    expect(Number(second)).toBeGreaterThanOrEqual(Number(first));
    expect(vmstat()).toBeGreaterThanOrEqual(Number(second));
  });

  test('kills a process that forks and exits as fast as it can, each time in a new session', async () => {
    const hopper = `export HOP='setsid sh -c "\\$HOP" & exit'; sh -c "$HOP"`;
    const { line, traces, ended } = startGuardian(
      `[ "$life" = 1 ] || { echo "$past"; exit 0; }
       echo ready >&3; ${hopper}; echo hopping; kill -9 $$`,
    );
    await line(/^hopping/);
    await line(/^past signal 9/);
    await ended;
    expect(traces.pids()).toEqual([]);
  });

  test.skipIf(!canLimit)(
    'kills all members though it can open no file, and goes on when it can',
    async () => {
      const { lines, line, pid } = startGuardian(LEAVES_MEMBERS);
      const supervisor = Number((await line(/^supervisor/)).split(' ')[1]);
      await until('five members', () => members(lines).length === 5);
      const before = members(lines);
      prlimit(`--pid=${pid}`, '--nofile=1:');
      process.kill(supervisor, 'SIGKILL');
      await until('the members gone', () => before.filter(isAlive).length === 0);
      prlimit(`--pid=${pid}`, '--nofile=100:');
      expect(await line(/^past/)).toMatch(/^past signal 9 killed [56] .* stuck -$/);
    },
  );

  test('starts the second one at once, the third after 100 ms, the fourth after 200 ms', async () => {
    const gapsOfOne = async (): Promise<readonly number[]> => {
      const { lines, ended } = startGuardian(
        'echo "at $(date +%s%N)"; echo ready >&3; [ "$life" = 4 ] && exit 0; exit 1',
      );
      expect(await ended).toBe(0);
      const at = lines.map((one) => Number(one.slice(3)) / 1e6);
      return at.slice(1).map((one, index) => one - (at[index] ?? 0));
    };
    const seen = [await gapsOfOne(), await gapsOfOne(), await gapsOfOne()];
    for (const gaps of seen) {
      expect(gaps[1]).toBeGreaterThanOrEqual(100);
      expect(gaps[2]).toBeGreaterThanOrEqual(200);
    }
    // A busy machine can hold up any start, but hardly each.
    expect(Math.min(...seen.map(([first = Infinity]) => first))).toBeLessThan(100);
  });

  test('ends with status 0 and leaves nothing when the supervisor ends with status 0', async () => {
    const { ended, traces, lines } = startGuardian('echo life; (setsid sleep 1000 &); sleep 1000 & exit 0');
    expect(await ended).toBe(0);
    expect(traces.pids()).toEqual([]);
    expect(lines).toEqual(['life']);
  });

  test('starts the next one without delay, again and again, when a restart is asked for by status 195', async () => {
    const before = performance.now();
    const { ended, lines } = startGuardian(
      'echo "$past"; sleep 1000 & [ "$life" -lt 8 ] || exit 0; exit 195',
    );
    expect(await ended).toBe(0);
    expect(lines).toHaveLength(8);
    expect(lines.slice(1).every((past) => past.startsWith('past exit 195 killed 1 '))).toBe(true);
    // As failures they would have waited 6.3 s in all.
    expect(performance.now() - before).toBeLessThan(5000);
  });

  test('ends with the status of a first supervisor that failed before it was ready, leaving nothing', async () => {
    const { ended, lines, traces } = startGuardian('echo life; (setsid sleep 1000 &); exit 2');
    expect(await ended).toBe(2);
    expect(lines).toEqual(['life']);
    expect(traces.pids()).toEqual([]);
  });

  test('does not give up on a later supervisor that fails before it is ready', async () => {
    const { ended, lines } = startGuardian(
      'echo life; [ "$life" = 1 ] && echo ready >&3; [ "$life" = 3 ] || exit 2',
    );
    expect(await ended).toBe(0);
    expect(lines).toHaveLength(3);
  });

  test.each([
    ['is killed', 'kill -9 $$', 0],
    ['fails', 'exit 3', 3],
  ])('ends, leaving nothing, when a supervisor that was about to end %s', async (_, end, status) => {
    const { ended, lines, traces } = startGuardian(
      `echo life; echo ready >&3; (setsid sleep 1000 &); echo ending >&3; ${end}`,
    );
    expect(await ended).toBe(status);
    expect(lines).toEqual(['life']);
    expect(traces.pids()).toEqual([]);
  });

  test('tells each one whether a supervisor before it was ready', async () => {
    const { ended, lines } = startGuardian(
      'echo "$life $settled"; [ "$life" = 1 ] && kill -9 $$; [ "$life" = 4 ] && exit 0; echo ready >&3; exit 195',
    );
    expect(await ended).toBe(0);
    expect(lines).toEqual(['1 no', '2 no', '3 yes', '4 yes']);
  });

  test('ends with status 127 and says why when the supervisor cannot be run', async () => {
    const { ended, errors } = startGuardian('', {
      through: ['/bin/sh', '-c', 'exec "$1" guard -- /no/such', 'sh'],
    });
    expect(await ended).toBe(127);
    expect(errors()).toBe('guardian: cannot run /no/such: errno 2\n');
  });

  test.each(['TERM', 'INT', 'QUIT', 'HUP', 'USR1', 'USR2'] as const)(
    'forwards %s to the supervisor',
    async (name) => {
      const { pid, line, ended, child } = startGuardian(
        `trap 'echo got ${name}; exit 0' ${name}; echo ready >&3; echo up; while :; do sleep 0.01; done`,
      );
      await line(/^up/);
      expect(isAlive(pid)).toBe(true);
      child.kill(`SIG${name}`);
      await line(new RegExp(`^got ${name}$`));
      expect(await ended).toBe(0);
    },
  );

  test('wakes a supervisor that somebody has stopped when it is to end', async () => {
    const { line, child, ended } = startGuardian(
      `trap 'echo got TERM; exit 0' TERM; echo ready >&3; echo "supervisor $$"; while :; do sleep 0.01; done`,
    );
    const supervisor = Number((await line(/^supervisor/)).split(' ')[1]);
    process.kill(supervisor, 'SIGSTOP');
    await until('the supervisor stopped', () => statusOf(supervisor, 'State').startsWith('T'));
    child.kill('SIGTERM');
    expect(await line(/^got/)).toBe('got TERM');
    expect(await ended).toBe(0);
  });

  test('ends when TERM kills the supervisor before it could do anything about it', async () => {
    const { line, child, ended, lines } = startGuardian('echo up; sleep 1000');
    await line(/^up/);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(lines).toEqual(['up']);
  });

  test('ends without a further start when TERM comes in the delay before a restart', async () => {
    const { lines, child, ended, pid } = startGuardian('echo ready >&3; echo life; exit 1');
    await until('the delay after the fifth life', () => lines.length === 5 && childrenOf(pid).length === 0);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(lines).toHaveLength(5);
  });

  test('has a priority of its own and gives the supervisor the one it was started with', async () => {
    const { line } = startGuardian('echo "nice $(nice)"; sleep 1000', { through: ['nice', '-n', '3'] });
    expect(await line(/^nice/)).toBe(`nice ${Math.min(19, getPriority() + 3)}`);
  });

  test('reaps orphans that end', async () => {
    const { line, pid } = startGuardian(
      'for i in 1 2 3 4 5 6 7 8 9 10; do (sh -c "echo orphan; exit 3" &); done; echo up; sleep 1000',
    );
    await line(/^up/);
    const zombies = (): boolean => childrenOf(pid).some((child) => statusOf(child, 'State').startsWith('Z'));
    await until('only the supervisor below the guardian', () => childrenOf(pid).length === 1 && !zombies());
    expect(childrenOf(pid).filter(isAlive)).toHaveLength(1);
  });

  test('waits in one system call without a time limit', async () => {
    const { line, pid } = startGuardian('echo up; sleep 1000');
    await line(/^up/);
    await until('the guardian asleep', () => statusOf(pid, 'State').startsWith('S'));
    // rt_sigtimedwait(set, info, timeout, size): its number differs between machines, the third argument does not.
    const [, , , timeout, size] = readFileSync(`/proc/${pid}/syscall`, 'utf8').split(' ');
    expect([timeout, size]).toEqual(['0x0', '0x8']);
  });

  test('stays below 200 kB of memory when linked with musl, and below 1.7 MB at worst', async () => {
    const { line, pid } = startGuardian('echo up; sleep 1000');
    await line(/^up/);
    const isDynamic = readFileSync(`/proc/${pid}/maps`, 'utf8').includes('.so');
    // glibc is ten times as large, and shared with everybody when it is linked dynamically.
    const isMusl = !isDynamic && statSync(guardianBinary()).size < 200_000;
    expect(Number.parseInt(statusOf(pid, 'VmRSS'), 10)).toBeLessThanOrEqual(isMusl ? 200 : 1700);
  });

  test('lowers a raised score of its own as far as it may and lets the supervisor inherit it', async () => {
    const { line, pid } = startGuardian('echo "own $(cat /proc/self/oom_score_adj) $score"; sleep 1000', {
      through: ['/bin/sh', '-c', 'echo 700 >/proc/self/oom_score_adj; exec "$@"', 'sh'],
    });
    const effective = Number(readFileSync(`/proc/self/oom_score_adj`, 'utf8'));
    const words = (await line(/^own/)).split(' ').map(Number);
    expect(words[2]).toBeLessThanOrEqual(effective);
    expect(words[1]).toBe(Math.max(-900, words[2] ?? 0));
    expect(readFileSync(`/proc/${pid}/oom_score_adj`, 'utf8').trim()).toBe(String(words[2]));
  });

  test('leaves the supervisor alone when it is killed itself, and the supervisor hears the end of the link', async () => {
    const { line, child, traces, lines } = startGuardian('echo "up $$"; cat <&3; echo alone; sleep 1000');
    const supervisor = Number((await line(/^up/)).slice(3));
    child.kill('SIGKILL');
    await line(/^alone/);
    expect(isAlive(supervisor)).toBe(true);
    expect(lines).toHaveLength(2);
    for (const pid of traces.pids()) process.kill(pid, 'SIGKILL');
    await until('the orphaned supervisor gone', () => traces.pids().length === 0);
  });

  test('gives the report descriptor to the first supervisor only, whose close the starter sees', async () => {
    const script = `if [ "$life" = 1 ]; then echo ready >&3; echo report >&4; exec 4>&-; echo "up $$"; sleep 1000
                    else ls /proc/self/fd/4 >/dev/null 2>&1 && echo four || echo none; sleep 1000; fi`;
    const { child, line } = startGuardian(script, { options: ['-R', '4'], report: 'pipe' });
    const stream = child.stdio[4];
    if (!(stream instanceof Readable)) throw new Error('no report');
    const report: Buffer[] = [];
    stream.on('data', (bytes: Buffer) => report.push(bytes));
    await new Promise((settle) => {
      stream.once('end', settle);
    });
    expect(Buffer.concat(report).toString()).toBe('report\n');
    process.kill(Number((await line(/^up/)).split(' ')[1]), 'SIGKILL');
    await line(/^none/);
  });

  test('refuses an option it does not know', async () => {
    const { ended, errors } = startGuardian('echo up', { options: ['-x', 'y'] });
    expect(await ended).toBe(125);
    expect(errors()).toBe('guardian: cannot read option -x: errno 22\n');
  });
});

const lockName = (what: string): string => `tsvisor-test-${process.pid}-${what}`.padEnd(107, '.');

const listen = (name: string): Promise<Server | string> =>
  new Promise((settle) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => settle(error.code ?? 'unknown'));
    server.listen(`\0${name}`, () => settle(server));
  });

describe.skipIf(noCompiler)('the lock of a guardian (needs a C compiler)', () => {
  test('is held against a second guardian, which ends with status 193 and writes nothing', async () => {
    const options = ['-l', lockName('second')];
    const { line } = startGuardian('echo up; sleep 1000', { options });
    await line(/^up/);
    const second = startGuardian('echo up; sleep 1000', { options });
    expect(await second.ended).toBe(193);
    expect([second.lines, second.errors()]).toEqual([[], '']);
  });

  test('is held against a listener of Node with the same name', async () => {
    const name = lockName('node');
    const { line } = startGuardian('echo up; sleep 1000', { options: ['-l', name] });
    await line(/^up/);
    expect(await listen(name)).toBe('EADDRINUSE');
  });

  test('is refused where Node listens on the same name', async () => {
    const name = lockName('refused');
    const server = await listen(name);
    const { ended } = startGuardian('echo up; sleep 1000', { options: ['-l', name] });
    expect(await ended).toBe(193);
    if (typeof server !== 'string') server.close();
  });

  test('is free as soon as the guardian is killed, though the supervisor lives on', async () => {
    const name = lockName('free');
    const { line, child, ended, traces } = startGuardian('echo up; sleep 1000', { options: ['-l', name] });
    await line(/^up/);
    child.kill('SIGKILL');
    await ended;
    expect(traces.pids()).not.toEqual([]);
    const server = await listen(name);
    expect(typeof server).toBe('object');
    if (typeof server !== 'string') server.close();
    for (const pid of traces.pids()) process.kill(pid, 'SIGKILL');
    await until('the orphaned supervisor gone', () => traces.pids().length === 0);
  });

  test('with a name of the wrong length is refused', async () => {
    const { ended, errors } = startGuardian('', { options: ['-l', 'short'] });
    expect(await ended).toBe(125);
    expect(errors()).toContain('cannot hold the lock short');
  });
});
