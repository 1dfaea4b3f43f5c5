import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runHook } from '../../src/spawn/hook.ts';
import { until } from '../kernel/until.ts';

test('a command of the operator runs with its variables, and succeeds in silence', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tsvisor-hook-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'said');
  const failures: string[] = [];
  runHook(`/bin/sh -c 'echo "$WHO" > ${file}.new && mv ${file}.new ${file}'`, { WHO: 'ci:app' }, (why) =>
    failures.push(why),
  );
  await until('what it wrote', () => {
    try {
      return readFileSync(file, 'utf8') === 'ci:app\n';
    } catch {
      return false;
    }
  });
  expect(failures).toEqual([]);
});

test.each([
  ['/nonexistent/x', /ENOENT/],
  ["/bin/sh -c 'exit 3'", /status 3/],
  ['', /empty/],
  ["'open", /closing quotation/],
])('a command that fails is told: %s', async (command, words) => {
  const failures: string[] = [];
  runHook(command, {}, (why) => failures.push(why));
  await until('the failure', () => failures.length > 0);
  expect(failures[0]).toMatch(words);
});
