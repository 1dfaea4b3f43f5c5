// Does each word of a program reach its process, however early it comes, and nobody else's?

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { NotifyReceiver } from '../../../src/daemon/process/notify-receiver.ts';
import { Stage, settle } from '../../core/stage.ts';
import { until } from '../../until.ts';
import { guardianBinary, noCompiler } from '../../guardian/binary.ts';

const SAYS = join(import.meta.dirname, '../../programs/says.pl');
const canSay = spawnSync('perl', ['-MSocket', '-e', '1']).status === 0;

/** A receiver for the process `ci:app`, whose members are what stands below the pid in `reaper`. */
const open = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tsvisor-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const stage = new Stage();
  const process = stage.process({ notify: { ready: true, watchdog: null }, startsecs: 0 });
  const seen = { reaper: -1, warnings: [] as string[], notices: [] as string[] };
  const receiver = new NotifyReceiver({
    guardian: guardianBinary(),
    instance: `test${Math.random()}`.replace('.', ''),
    runtimeDir: folder,
    clock: stage.clock,
    find: () => process,
    reaperOf: () => seen.reaper,
    warn: (text) => seen.warnings.push(text),
    notice: (text) => seen.notices.push(text),
  });
  const name = { group: 'ci', name: 'app' };
  expect(await receiver.ready(name)).toBeNull();
  const say = (...words: readonly string[]): ChildProcess => {
    const env = { ...globalThis.process.env, NOTIFY_SOCKET: receiver.address };
    const child = spawn('perl', [SAYS, ...words, 'stay'], { stdio: 'ignore', env });
    onTestFinished(() => void child.kill('SIGKILL'));
    return child;
  };
  const launch = async (): Promise<void> => {
    process.feed({ name: 'start', automatic: false });
    await stage.launched();
    const score = { requested: 0, effective: 0, refusal: null };
    receiver.announce({ type: 'launched', process: name, leader: { pid: 100, startTick: 1 }, score });
    await settle();
  };
  onTestFinished(() => receiver.close());
  return { stage, process, receiver, name, seen, say, launch };
};

describe.skipIf(noCompiler || !canSay)('a receiver (needs a C compiler and perl)', () => {
  test('keeps what is said before the launch is known', async () => {
    const { process, seen, say, launch } = await open();
    seen.reaper = say('x100:STATUS=loading', 'READY=1\\nMAINPID=1', 'MAINPID=2').pid ?? -1;
    // What was too much is told when a later message has come: then all of it is here.
    await until('all of it', () => seen.warnings.some((text) => text.includes('faster than they may')));
    expect(process.readiness.ready).toBeNull();
    await launch();
    await until('it is ready', () => process.readiness.ready === true);
    expect(process.readiness.text).toBe('loading');
    await until('the notice', () => seen.notices.length > 0);
    expect(seen.notices[0]).toContain('ci:app: MAINPID is passed over');
    expect(seen.warnings).toHaveLength(1);
  });

  test('tells of strangers once a minute, with their number, and believes none', async () => {
    const { process, seen, say, launch, stage } = await open();
    await launch();
    say('READY=1', 'READY=1', 'READY=1');
    await until('the warning', () => seen.warnings.length > 0);
    const flood = say('x20:READY=1');
    seen.reaper = flood.pid ?? -1;
    await until('the last word of somebody known', () => process.readiness.ready === true);
    expect(seen.warnings).toHaveLength(1);
    expect(seen.warnings[0]).toMatch(/^notify: refused a message of pid \d+ \(uid \d+\)/);
    seen.reaper = -1;
    stage.clock.advance(60_000);
    say('READY=1');
    await until('the next warning', () => seen.warnings.length > 1);
    expect(seen.warnings[1]).toMatch(/; [3-9] so far since the last warning$/);
  });

  test('hears no more of a life that has ended', async () => {
    const { process, receiver, name, seen, say, launch, stage } = await open();
    await launch();
    const leader = { pid: 100, startTick: 1 };
    const exit = { code: 0, signal: null };
    const death = { leader, exit, lived: 1, at: 1, verdict: null };
    receiver.announce({ type: 'died', process: name, death, reason: 'died', expected: true });
    seen.reaper = say('READY=1').pid ?? -1;
    await until('the refusal', () => seen.warnings.length > 0);
    expect(process.readiness.ready).toBe(false);
    expect(stage.bugs).toEqual([]);
  });
});
