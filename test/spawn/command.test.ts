// Does a command of the operator's run, end in time with all it began, and say why it failed?

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runCommand } from '../../src/spawn/command.ts';
import { until } from '../until.ts';

const makeFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'tsvisor-command-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
};

const isAlive = (pid: number): boolean => {
  try {
    // A zombie has ended.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

test('runs with its variables and its input, is heard, and succeeds in silence', async () => {
  const heard: string[] = [];
  const pids: number[] = [];
  const failure = await runCommand({
    command: `/bin/sh -c 'echo "$WHO"; cat; echo oh >&2'`,
    variables: { WHO: 'ci:app' },
    input: 'an event\n',
    began: (pid) => pids.push(pid),
    wrote: (text) => heard.push(text),
  });
  expect(failure).toBeNull();
  expect(pids).toEqual([expect.any(Number)]);
  expect(heard.join('').split('\n').toSorted()).toEqual(['', 'an event', 'ci:app', 'oh']);
});

test.each([
  ['/nonexistent/x', /ENOENT/],
  ["/bin/sh -c 'exit 3'", /status 3/],
  ["/bin/sh -c 'kill -9 $$'", /killed by SIGKILL/],
  ['', /empty/],
  ["'open", /closing quotation/],
])('a command that fails is told: %s', async (command, words) => {
  expect(await runCommand({ command, variables: {} })).toMatch(words);
});

test('a command that does not read its input is no failure', async () => {
  const input = 'x'.repeat(1_000_000);
  expect(await runCommand({ command: '/bin/true', variables: {}, input })).toBeNull();
});

test('kills one that ignores TERM when its time is over, its whole group with it', async () => {
  const folder = makeFolder();
  const script = `trap "" TERM; sleep 1000 & echo $! > ${folder}/child; wait; while :; do sleep 1; done`;
  const began = performance.now();
  const run = runCommand({ command: `/bin/sh -c '${script}'`, variables: {}, timeout: 300 });
  expect(await run).toBe('it took longer than 0.3 s and was killed');
  expect(performance.now() - began).toBeLessThan(20_000);
  const child = Number(readFileSync(join(folder, 'child'), 'utf8'));
  await until('the end of its child', () => !isAlive(child));
}, 30_000);

test('is killed at once when there is no more time for anything', async () => {
  const abort = new AbortController();
  const run = runCommand({
    command: '/bin/sleep 1000',
    variables: {},
    abort: abort.signal,
    began: () => void setImmediate(() => abort.abort()),
  });
  expect(await run).toBe('it was killed: there was no more time');
});

test('does not wait for a child that keeps its output open, and hears four kilobytes at most', async () => {
  const pids: number[] = [];
  onTestFinished(() => pids.forEach((pid) => process.kill(-pid, 'SIGKILL')));
  let heard = '';
  const failure = await runCommand({
    command: `/bin/sh -c 'sleep 1000 & head -c 100000 /dev/zero | tr "\\0" x'`,
    variables: {},
    began: (pid) => pids.push(pid),
    wrote: (text) => (heard = text),
  });
  expect(failure).toBeNull();
  expect(heard).toBe('x'.repeat(4096));
});
