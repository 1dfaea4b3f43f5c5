// Does the guardian's binary hear what programs say of themselves, and who they are, whatever they do to it?

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { until as waitUntil } from '../until.ts';
import { guardianBinary, noCompiler } from './binary.ts';

const SAYS = join(import.meta.dirname, '../programs/says.pl');
const LINGERS = join(import.meta.dirname, '../programs/sends-what-lingers.py');
const canSay = spawnSync('perl', ['-MSocket', '-e', '1']).status === 0;
const hasPython = spawnSync('python3', ['--version']).status === 0;
const hasSystemdNotify = spawnSync('systemd-notify', ['--version']).status === 0;

interface Post {
  readonly address: string;
  readonly server: ChildProcess;
  readonly lines: readonly string[];
  readonly say: (...words: readonly string[]) => ChildProcess;
}

const until = (what: string, look: () => boolean): Promise<boolean> =>
  waitUntil(what, look, { within: 20_000 });

const endedWithTest = (child: ChildProcess): ChildProcess => {
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  });
  return child;
};

const open = async (address: string): Promise<Post> => {
  const server = endedWithTest(
    spawn(guardianBinary(), ['notify', address, String(process.pid), '/tsvisor-none/'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  );
  const lines: string[] = [];
  let rest = '';
  server.stdout?.on('data', (bytes: Buffer) => {
    const parts = (rest + bytes.toString()).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
  });
  await until('the socket', () => lines.length > 0);
  expect(lines.shift()).toBe('listening');
  const say = (...words: readonly string[]): ChildProcess =>
    endedWithTest(
      spawn('perl', [SAYS, ...words], {
        stdio: 'ignore',
        env: { ...process.env, NOTIFY_SOCKET: address },
      }),
    );
  return { address, server, lines, say };
};

const openPath = (): Promise<Post> => {
  const folder = mkdtempSync(join(tmpdir(), 'tsvisor-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return open(join(folder, 'notify'));
};

const openName = (): Promise<Post> => open(`@tsvisor-test-${process.pid}-${Math.random()}`);

/** Everything behind the numbers and ancestors. */
const textOf = (line: string): string => line.split(' ').slice(5).join(' ');

const hear = (post: Post, count: number): Promise<unknown> =>
  until(`${count} messages`, () => post.lines.length >= count);

describe.skipIf(noCompiler || !canSay)('notify (needs a C compiler and perl)', () => {
  test.each([
    ['a path', openPath],
    ['a name without a file', openName],
  ])('tells who says what at %s', async (_, opened) => {
    const post = await opened();
    const { pid } = post.say('READY=1\\nSTATUS=2 of 3\\n', 'stay');
    await hear(post, 1);
    const [line = ''] = post.lines;
    expect(line.split(' ').slice(0, 4)).toEqual([String(pid), String(process.getuid?.()), '0', '-']);
    // Up to a child of the process in the supervisor's place, which this one is.
    expect(line.split(' ')[4]).toBe(String(pid));
    expect(textOf(line)).toBe('READY=1\tSTATUS=2 of 3\t');
  });

  test('lets everybody speak who can reach its file', async () => {
    const post = await openPath();
    expect(statSync(post.address).mode & 0o777).toBe(0o777);
  });

  test('names the ancestors of a grandchild', async () => {
    const post = await openName();
    const shell = endedWithTest(
      spawn('sh', ['-c', `perl ${SAYS} READY=1 stay; :`], {
        stdio: 'ignore',
        env: { ...process.env, NOTIFY_SOCKET: post.address },
      }),
    );
    await hear(post, 1);
    const [pid, , , , ancestors] = (post.lines[0] ?? '').split(' ');
    expect(ancestors).toBe(`${pid},${shell.pid}`);
    process.kill(Number(pid), 'SIGKILL');
  });

  test.skipIf(!hasSystemdNotify)('knows a sender that waits to be heard and ends', async () => {
    const post = await openName();
    const env = { ...process.env, NOTIFY_SOCKET: post.address };
    const children = Array.from({ length: 10 }, () =>
      endedWithTest(spawn('sh', ['-c', 'systemd-notify --ready --status=up; :'], { stdio: 'ignore', env })),
    );
    await Promise.all(children.map((child) => once(child, 'exit')));
    await until('all messages', () => post.lines.filter((line) => line.includes('READY=1')).length === 10);
    const known = post.lines.filter((line) => line.includes('READY=1')).map((line) => line.split(' ')[4]);
    expect(known).not.toContain('-');
  });

  test('makes what is no text harmless, and cuts what is too long', async () => {
    const post = await openName();
    post.say('STATUS=a\u001B[31m\tb\r', `STATUS=${'x'.repeat(5000)}`);
    await hear(post, 2);
    expect(textOf(post.lines[0] ?? '')).toBe('STATUS=a?[31m b?');
    expect(textOf(post.lines[1] ?? '')).toHaveLength(2048);
  });

  test('passes on few of many texts, counts the others, and still hears what matters and everybody else', async () => {
    const post = await openName();
    const begun = performance.now();
    post.say('x500:STATUS=flood', 'READY=1', 'stay');
    await until('it is ready', () => post.lines.some((line) => line.includes('READY=1')));
    post.say('STATUS=other', 'stay');
    await until('the other', () => post.lines.some((line) => line.includes('other')));
    const passed = post.lines.filter((line) => line.includes('flood')).length;
    const lost = post.lines.reduce((sum, line) => sum + Number(line.split(' ')[2]), 0);
    const windows = Math.ceil((performance.now() - begun) / 1000) + 1;
    expect(passed).toBeLessThanOrEqual(40 * windows);
    expect(passed + lost).toBe(500);
  });

  test('takes all who are none of ours for one family, however many they are', async () => {
    const post = await openName();
    const begun = performance.now();
    const strangers = Array.from({ length: 20 }, () => post.say('fork', 'x60:READY=1', 'STATUS=over'));
    await Promise.all(strangers.map((one) => once(one, 'exit')));
    post.say('WATCHDOG=1', 'stay');
    await until('our own', () => post.lines.some((line) => line.includes('WATCHDOG=1')));
    const passed = post.lines.filter((line) => line.includes('READY=1')).length;
    const windows = Math.ceil((performance.now() - begun) / 1000) + 1;
    expect(passed).toBeLessThanOrEqual(60 * windows);
  });

  test.skipIf(!hasPython)('waits for no descriptor that came along (needs python3)', async () => {
    const post = await openName();
    const env = { ...process.env, NOTIFY_SOCKET: post.address };
    // The sender must have closed its own first: the last one to close is the one who waits.
    post.server.kill('SIGSTOP');
    const sender = endedWithTest(spawn('python3', [LINGERS], { stdio: ['ignore', 'pipe', 'ignore'], env }));
    if (sender.stdout !== null) await once(sender.stdout, 'data');
    post.server.kill('SIGCONT');
    post.say('STATUS=other', 'stay');
    await until('the other', () => post.lines.some((line) => line.includes('other')));
    expect(post.lines.some((line) => line.includes('READY=1'))).toBe(true);
  });

  test('makes nobody wait for a supervisor that does not read', async () => {
    const post = await openName();
    post.server.stdout?.pause();
    const speakers = Array.from({ length: 30 }, () =>
      post.say(`x60:WATCHDOG=1\\nSTATUS=${'x'.repeat(2000)}`),
    );
    await Promise.all(speakers.map((one) => once(one, 'exit')));
    expect(speakers.map(({ exitCode }) => exitCode)).toEqual(speakers.map(() => 0));
    post.server.stdout?.resume();
    post.say('READY=1', 'stay');
    await until('the last', () => post.lines.some((line) => line.includes('READY=1')));
    expect(post.lines.every((line) => /^\d+ \d+ \d+ - [\d,-]+ \S/.test(line))).toBe(true);
    expect(post.lines.reduce((sum, line) => sum + Number(line.split(' ')[2]), 0)).toBeGreaterThan(0);
  });

  test('says what it could not do', () => {
    const at = (address: string): string =>
      spawnSync(guardianBinary(), ['notify', address, String(process.pid), 'x'], {
        encoding: 'utf8',
        timeout: 5000,
      }).stdout;
    expect(at('/nowhere/at/all')).toBe('bind 2\n');
    expect(at('x'.repeat(200))).toBe('address 36\n');
  });
});
