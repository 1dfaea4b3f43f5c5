// Does exec give a program the sockets that keepers hold, by the protocol of LISTEN_FDS and with nothing else beside them?

import { execFileSync } from 'node:child_process';
import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openSharedSocket } from '../../src/spawn/shared-socket.ts';
import { guardianBinary, noCompiler } from './binary.ts';
import { shoot, type Shot } from './shot.ts';
import { openTraces } from './traces.ts';
import { until } from '../until.ts';

const open = async (count: number): Promise<readonly string[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'tsvisor-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const opening = Array.from({ length: count }, async (_, number) => {
    const hatch = join(folder, `hatch-${number}`);
    const url = `unix://${join(folder, `s${number}`)}`;
    const plan = { url, backlog: null, mode: null, owner: null };
    const socket = await openSharedSocket({ guardian: guardianBinary(), hatch, plan });
    if (typeof socket === 'string') throw new Error(socket);
    onTestFinished(() => socket.close());
    return hatch;
  });
  return Promise.all(opening);
};

const run = (mode: 'exec' | 'reap', hatches: readonly string[], script: string): Shot => {
  const traces = openTraces();
  onTestFinished(() => traces.close());
  const options = hatches.flatMap((hatch) => ['-l', hatch]);
  const through = ['env', 'LISTEN_PID=0', `LISTEN_FDS=${hatches.length}`];
  return shoot([mode, ...options, '--', '/bin/sh', 'sh', '-c', script], { traces, through });
};

/** Pid of the process that keeps the socket behind a hatch. */
const keeperOf = (hatch: string): string => {
  const keeper = readdirSync('/proc').find((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      const [, mode, path] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      return mode === 'share' && path === hatch;
    } catch {
      return false; // It has ended meanwhile.
    }
  });
  if (keeper === undefined) throw new Error(`nobody keeps ${hatch}`);
  return keeper;
};

/** Descriptors of the shell itself; `ls` would show its own too. */
const DESCRIPTORS = 'echo $$ $LISTEN_PID $LISTEN_FDS; cd /proc/$$/fd; for fd in *; do readlink $fd; done';

describe.skipIf(noCompiler)('listen (needs a C compiler)', () => {
  test.each(['exec', 'reap'] as const)(
    '%s gives descriptors from 3 on, and says whose they are',
    async (mode) => {
      const shot = run(mode, await open(3), DESCRIPTORS);
      await shot.ended;
      const [about = '', , , , ...rest] = shot.out().trim().split('\n');
      const [pid, listenPid, count] = about.split(' ');
      expect([listenPid, count]).toEqual([pid, '3']);
      const sockets = rest.filter((target) => target.startsWith('socket:'));
      expect(new Set(sockets).size).toBe(3);
      expect(rest.slice(0, 3)).toEqual(sockets);
      expect(rest.filter((target) => target.startsWith('pipe:'))).toEqual([]);
    },
  );

  test('as many as 32, each in its place', async () => {
    const hatches = await open(32);
    const shot = run('exec', hatches, '[ -S /proc/self/fd/34 ] && [ ! -e /proc/self/fd/36 ] && echo all');
    await shot.ended;
    expect(shot.out()).toBe('all\n');
  });

  test.skipIf(process.getuid?.() !== 0)(
    'a socket has its mode and owner, whatever our umask (needs root)',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'tsvisor-test-'));
      onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
      const path = join(folder, 's');
      const plan = { url: `unix://${path}`, backlog: null, mode: 0o666, owner: { uid: 33, gid: 44 } };
      const socket = await openSharedSocket({
        guardian: guardianBinary(),
        hatch: join(folder, 'hatch'),
        plan,
      });
      if (typeof socket === 'string') throw new Error(socket);
      onTestFinished(() => socket.close());
      const { mode, uid, gid } = lstatSync(path);
      expect([mode & 0o777, uid, gid]).toEqual([0o666, 33, 44]);
      expect(lstatSync(join(folder, 'hatch')).mode & 0o777).toBe(0o600);
    },
  );

  test('a keeper without a free descriptor waits for one, without spinning', async () => {
    const [hatch = ''] = await open(1);
    const keeper = keeperOf(hatch);
    const rests = (): number =>
      Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(readFileSync(`/proc/${keeper}/status`, 'utf8'))?.[1]);
    execFileSync('prlimit', ['--pid', keeper, '--nofile=0:']);
    const before = rests();
    const shot = run('exec', [hatch], 'echo served');
    await until('a keeper that rests', () => rests() >= before + 3);
    execFileSync('prlimit', ['--pid', keeper, '--nofile=64:']);
    await shot.ended;
    expect(shot.out()).toBe('served\n');
  });

  test('a keeper that is gone is the step that failed', async () => {
    const shot = run('exec', [...(await open(1)), '/nowhere/hatch'], 'true');
    expect(await shot.closed).toMatch(new RegExp(`listen ${constants.errno.ENOENT}\n$`));
    expect(await shot.ended).toBe(125);
  });
});
