// The config changes while programs run: does only that restart which must, and is a bad file harmless?

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from './sandbox.ts';
import { until } from '../until.ts';

const pidOf = async (sandbox: Sandbox, name: string): Promise<number> => (await sandbox.process(name)).pid;

const group = '[group:g]\nprograms=a,b\n';

describe('tsvisor apply', () => {
  test('shows the difference, changes nothing on a dry run, and restarts only the changed member', async () => {
    const sandbox = openSandbox();
    sandbox.write(group, sandbox.program('a', 'stays.sh'), sandbox.program('b', 'stays.sh'));
    await sandbox.start();
    await sandbox.reach('RUNNING', 'g:a', 'g:b');
    const [a, b] = [await pidOf(sandbox, 'g:a'), await pidOf(sandbox, 'g:b')];
    sandbox.write(
      group,
      sandbox.program('a', 'stays.sh', { environment: 'NEW="1"' }),
      sandbox.program('b', 'stays.sh', { stopwaitsecs: 3, oom_score_adj: 500 }),
      sandbox.program('c', 'stays.sh'),
    );
    const dry = await sandbox.tsvisor(['apply', '--dry-run']);
    expect(dry.stdout).toContain('g:a');
    expect(dry.stdout).toContain('environment changed');
    expect(await pidOf(sandbox, 'g:a')).toBe(a);
    const done = await sandbox.tsvisor(['apply']);
    expect(done.code).toBe(0);
    await sandbox.reach('RUNNING', 'g:a', 'g:b', 'c');
    expect(await pidOf(sandbox, 'g:a')).not.toBe(a);
    expect(await pidOf(sandbox, 'g:b')).toBe(b);
    expect(readFileSync(`/proc/${b}/oom_score_adj`, 'utf8').trim()).toBe('500');
  });

  test('removes what is no longer in the config, with all its members', async () => {
    const sandbox = openSandbox();
    sandbox.write(
      sandbox.program('a', 'stays.sh'),
      sandbox.program('b', 'leaves-a-setsid-child.sh', { stopwaitsecs: 1 }),
    );
    await sandbox.start();
    await sandbox.reach('RUNNING');
    await until('the child of b', () => sandbox.diary('member').length > 0);
    sandbox.write(sandbox.program('a', 'stays.sh'));
    await sandbox.tsvisor(['apply']);
    const { processes } = await sandbox.status();
    expect(processes.map(({ name }) => name)).toEqual(['a']);
    expect(sandbox.members().map(({ pid }) => pid)).toEqual([await pidOf(sandbox, 'a')]);
  });

  test('refuses a bad file with its line, and everything runs on', async () => {
    const sandbox = openSandbox();
    sandbox.write(sandbox.program('a', 'stays.sh'));
    await sandbox.start();
    await sandbox.reach('RUNNING');
    const pid = await pidOf(sandbox, 'a');
    sandbox.write(sandbox.program('a', 'stays.sh', { startsecs: 'soon' }));
    const said = await sandbox.tsvisor(['apply']);
    expect(said.code).toBe(2);
    expect(said.stderr).toMatch(/supervisord\.conf:\d+: startsecs/);
    expect(await pidOf(sandbox, 'a')).toBe(pid);
    sandbox.write(sandbox.program('a', 'stays.sh'));
  });
});
