// Do both outputs of a process reach the logs its plan names, in each of its lives, and at what cost in memory?

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import type { Logs } from '../../src/logs/logs.ts';
import { OutputRouter, type Pipes } from '../../src/logs/output-router.ts';
import type { Outputs } from '../../src/logs/open-outputs.ts';
import type { LogTarget, ProcessPlan } from '../../src/model/plan.ts';
import { PLAIN_LOGGING, plan as processPlan } from '../model/process-plan.ts';
import { atEnd, capture, clock, makeFifo, makeFolder, makeLogs, read } from './sandbox.ts';

const AUTO: LogTarget = { kind: 'auto', maxBytes: 1000, backups: 1 };
const file = (path: string): LogTarget => ({ kind: 'file', path, maxBytes: 0, backups: 0 });

const planOf = (changes: Partial<ProcessPlan>): ProcessPlan => processPlan({ name: 'app-1', ...changes });

const makeRouter = (directory: string): { readonly router: OutputRouter; readonly logs: Logs } => {
  const { logs } = makeLogs();
  const owner = { directory, identifier: 'supervisor', instance: '12345678' };
  return { router: new OutputRouter({ logs, owner, clock, strip: false }), logs };
};

const makePipes = (folder: string): Record<'stdout' | 'stderr', string> => ({
  stdout: makeFifo(folder, 'stdout'),
  stderr: makeFifo(folder, 'stderr'),
});

const open = (router: OutputRouter, plan: ProcessPlan, pipes: Pipes): Outputs => {
  const outputs = router.open(plan, pipes);
  if (typeof outputs === 'string') throw new Error(outputs);
  atEnd(() => outputs.close());
  return outputs;
};

const speak = (pipes: Pipes, word: string): void => {
  for (const [stream, fifo] of Object.entries(pipes))
    if (fifo !== null) writeFileSync(fifo, `${word} ${stream}\n`);
};

describe('the outputs of a process', () => {
  test('go to the files of its plan, over several lives', async () => {
    const folder = makeFolder();
    const { router } = makeRouter(folder);
    const pipes = makePipes(folder);
    const plan = planOf({ stdout: file(join(folder, 'out.log')), stderr: file(join(folder, 'err.log')) });
    for (const word of ['first', 'second']) {
      const outputs = open(router, plan, pipes);
      speak(pipes, word);
      await outputs.drain();
      outputs.close();
    }
    expect(read(join(folder, 'out.log'))).toBe('first stdout\nsecond stdout\n');
    expect(read(join(folder, 'err.log'))).toBe('first stderr\nsecond stderr\n');
  });

  test('go to the same private AUTO log in every life', async () => {
    const folder = makeFolder();
    const { router } = makeRouter(folder);
    const pipes = makePipes(folder);
    const plan = planOf({ stdout: AUTO, stderr: AUTO });
    const path = router.path(plan, 'stdout');
    expect(path).toMatch(/\/app-1-stdout---supervisor-1234[a-z0-9]{4}\.log$/);
    for (const word of ['first', 'second']) {
      const outputs = open(router, plan, pipes);
      speak(pipes, word);
      await outputs.drain();
      outputs.close();
    }
    expect(read(path)).toBe('first stdout\nsecond stdout\n');
    expect(statSync(router.path(plan, 'stderr')).mode & 0o777).toBe(0o600);
    expect(router.path(plan, 'stdout')).toBe(path);
  });

  test('leave no stderr log when stderr is redirected, and none at all for NONE', async () => {
    const folder = makeFolder();
    const { router } = makeRouter(folder);
    const redirected = planOf({ stdout: AUTO, stderr: AUTO, redirectStderr: true });
    expect(router.path(redirected, 'stderr')).toBe('');
    const silent = planOf({ stdout: { kind: 'none' }, stderr: { kind: 'none' } });
    const pipes = makePipes(folder);
    const outputs = open(router, silent, pipes);
    speak(pipes, 'unheard');
    await outputs.drain();
    expect(router.path(silent, 'stdout')).toBe('');
    expect(readdirSync(folder).toSorted()).toEqual(['stderr', 'stdout']);
  });

  test('count what a stream lost: dropped over its limit, or failed while it was written', async () => {
    const folder = makeFolder();
    const { router } = makeRouter(folder);
    const pipes = makePipes(folder);
    const logging = { ...PLAIN_LOGGING, rateMax: 20 };
    const limited = open(
      router,
      planOf({ logging, stdout: file(join(folder, 'out.log')), stderr: { kind: 'none' } }),
      { stdout: pipes.stdout, stderr: null },
    );
    expect(limited.lost()).toEqual({ stdout: { droppedBytes: 0, droppedLines: 0, failedBytes: 0 } });
    writeFileSync(pipes.stdout, 'first\nsecond\nthe third is too much\nand so is the fourth\n');
    await limited.drain();
    expect(limited.lost()).toEqual({ stdout: { droppedBytes: 43, droppedLines: 2, failedBytes: 0 } });
    expect(read(join(folder, 'out.log'))).toBe('first\nsecond\n');
  });

  test('count a loss for the stream whose words it were, also where two share a log', () => {
    const { logs } = makeLogs();
    const path = '/dev/full';
    const [one, two] = [
      logs.open({ path, maxBytes: 0, backups: 0 }),
      logs.open({ path, maxBytes: 0, backups: 0 }),
    ];
    one.write(Buffer.from('12345'));
    two.write(Buffer.from('123'));
    expect([one.lost, two.lost, logs.lost.failed]).toEqual([5, 3, 8]);
    one.close();
    two.close();
  });

  test('need no pipe for what the program writes elsewhere, but its files are made', async () => {
    const folder = makeFolder();
    const { router } = makeRouter(folder);
    const stdout = file(join(folder, 'out.log'));
    const outputs = open(router, planOf({ stdout }), { stdout: null, stderr: null });
    await outputs.drain();
    expect(readdirSync(folder)).toEqual(['out.log']);
    expect(router.open(planOf({ stdout: file('/nowhere/out.log') }), { stdout: null, stderr: null })).toBe(
      'log /nowhere/out.log: no such file or directory (ENOENT); make its directory',
    );
  });

  test('say in a log that has words already where those of a killed supervisor may be missing', async () => {
    const folder = makeFolder();
    const [old, fresh] = [join(folder, 'old.log'), join(folder, 'fresh.log')];
    writeFileSync(old, 'a torn li');
    const { logs } = makeLogs();
    const owner = { directory: folder, identifier: 'supervisor', instance: '12345678' };
    const router = new OutputRouter({ logs, owner, clock, strip: false, gap: true });
    const plan = planOf({ stdout: file(old), stderr: file(fresh) });
    for (const life of [1, 2]) {
      const outputs = open(router, plan, makePipes(makeFolder()));
      outputs.close();
      expect(read(old)).toMatch(/^a torn li\ntsvisor: the supervisor was killed here; [^\n]+\n$/);
      expect([life, read(fresh)]).toEqual([life, '']);
    }
  });

  test('are written by the program itself where the plan says so and nobody needs to see the bytes', () => {
    const folder = makeFolder();
    const { router } = makeRouter(folder);
    const logging = { ...PLAIN_LOGGING, direct: true };
    const plain = { kind: 'file', path: join(folder, 'a.log'), maxBytes: 0, backups: 0 } as const;
    const isDirect = (changes: Partial<ProcessPlan>): boolean =>
      router.isDirect(planOf({ stdout: plain, logging, ...changes }), 'stdout');
    expect(isDirect({})).toBe(true);
    expect(isDirect({ logging: PLAIN_LOGGING })).toBe(false);
    expect(isDirect({ logging: { ...logging, format: 'json' } })).toBe(false);
    expect(isDirect({ logging: { ...logging, rateMax: 5 } })).toBe(false);
    expect(isDirect({ logging: { ...logging, every: 'day' } })).toBe(false);
    expect(isDirect({ stdout: { ...plain, maxBytes: 5 } })).toBe(false);
    expect(isDirect({ stdout: { ...plain, path: '/dev/null' } })).toBe(false);
    expect(isDirect({ stdout: { ...plain, path: '/dev/stdout' } })).toBe(false);
    expect(isDirect({ stdout: { kind: 'none' } })).toBe(false);
  });

  test('that cannot be opened are refused before launch with the reason, and leave nothing open', () => {
    const folder = makeFolder();
    const { router, logs } = makeRouter(folder);
    const out = join(folder, 'out.log');
    const before = readdirSync('/proc/self/fd').length;
    const plan = planOf({ stdout: file(out), stderr: file('/nowhere/err.log') });
    const pipes = makePipes(folder);
    expect(router.open(plan, pipes)).toBe(
      'log /nowhere/err.log: no such file or directory (ENOENT); make its directory',
    );
    expect(
      router.open(planOf({ stdout: AUTO, stderr: AUTO }), { ...pipes, stderr: '/nowhere/pipe' }),
    ).toContain('/nowhere/pipe: no such file or directory (ENOENT)');
    expect(readdirSync('/proc/self/fd').length).toBe(before);
    expect(logs.at(out)).toBeNull();
    expect(existsSync(out)).toBe(true);
  });

  test('of AUTO run on without a log where none can be made, and that is said once', async () => {
    const { router, logs } = makeRouter('/nowhere');
    const troubles: string[] = [];
    logs.onTrouble((text) => troubles.push(text));
    const pipes = makePipes(makeFolder());
    const plan = planOf({ stdout: AUTO, stderr: AUTO });
    const outputs = open(router, plan, pipes);
    speak(pipes, 'lost');
    await outputs.drain();
    expect(router.path(plan, 'stdout')).toBe('');
    expect(troubles).toEqual([
      expect.stringMatching(/^cannot make the AUTO log \/nowhere: .* is lost: set childlogdir/),
    ]);
  });

  test('cost less than 8 kB each, log and pipe together', { timeout: 30_000 }, (context) => {
    setFlagsFromString('--expose-gc');
    const collect: unknown = runInNewContext('gc');
    if (typeof collect !== 'function') throw new Error('no gc');
    const dirty = (): number =>
      Number(/Private_Dirty:\s+(\d+)/.exec(readFileSync('/proc/self/smaps_rollup', 'utf8'))?.[1]);
    const folder = makeFolder();
    const { logs } = makeLogs();
    const names = Array.from({ length: 1200 }, (_, index) => join(folder, String(index)));
    execFileSync('mkfifo', names);
    const openOne = (fifo: string): void => {
      const log = logs.open({ path: `${fifo}.log`, maxBytes: 1_000_000, backups: 3 });
      atEnd(() => log.close());
      capture({ fifo, sink: log });
    };
    const measure = (): { readonly heap: number; readonly dirty: number } => {
      collect();
      return { heap: process.memoryUsage().heapUsed, dirty: dirty() };
    };
    for (const name of names.slice(0, 200)) openOne(name);
    const before = measure();
    for (const name of names.slice(200)) openOne(name);
    const after = measure();
    const heap = (after.heap - before.heap) / 1000;
    const kilobytes = (after.dirty - before.dirty) / 1000;
    void context.annotate(`${kilobytes.toFixed(1)} kB private dirty, of which ${heap.toFixed(0)} B heap`);
    expect(heap).toBeGreaterThan(100);
    expect(heap).toBeLessThan(4000);
    expect(kilobytes).toBeGreaterThan(0.5);
    expect(kilobytes).toBeLessThan(8);
  });
});
