// The config changes while programs run: does only that restart which must, and is a bad file harmless?

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { lodge, type Lodging } from './lodging.ts';
import { until } from './wait.ts';

const pidOf = async (lodging: Lodging, name: string): Promise<number> => (await lodging.process(name)).pid;

const group = '[group:g]\nprograms=a,b\n';

describe('tsvisor apply', () => {
  test('shows the difference, changes nothing on a dry run, and restarts only the changed member', async () => {
    const lodging = lodge();
    lodging.write(group, lodging.program('a', 'stays.sh'), lodging.program('b', 'stays.sh'));
    await lodging.start();
    await lodging.reach('RUNNING', 'g:a', 'g:b');
    const [a, b] = [await pidOf(lodging, 'g:a'), await pidOf(lodging, 'g:b')];
    lodging.write(
      group,
      lodging.program('a', 'stays.sh', { environment: 'NEW="1"' }),
      lodging.program('b', 'stays.sh', { stopwaitsecs: 3, oom_score_adj: 500 }),
      lodging.program('c', 'stays.sh'),
    );
    const dry = await lodging.tsvisor(['apply', '--dry-run']);
    expect(dry.stdout).toContain('g:a');
    expect(dry.stdout).toContain('environment changed');
    expect(await pidOf(lodging, 'g:a')).toBe(a);
    const done = await lodging.tsvisor(['apply']);
    expect(done.code).toBe(0);
    await lodging.reach('RUNNING', 'g:a', 'g:b', 'c');
    expect(await pidOf(lodging, 'g:a')).not.toBe(a);
    expect(await pidOf(lodging, 'g:b')).toBe(b);
    expect(readFileSync(`/proc/${b}/oom_score_adj`, 'utf8').trim()).toBe('500');
  });

  test('removes what is no longer in the config, with all its members', async () => {
    const lodging = lodge();
    lodging.write(
      lodging.program('a', 'stays.sh'),
      lodging.program('b', 'leaves-a-setsid-child.sh', { stopwaitsecs: 1 }),
    );
    await lodging.start();
    await lodging.reach('RUNNING');
    await until('the child of b', () => lodging.diary('member').length > 0);
    lodging.write(lodging.program('a', 'stays.sh'));
    await lodging.tsvisor(['apply']);
    const { processes } = await lodging.status();
    expect(processes.map(({ name }) => name)).toEqual(['a']);
    expect(lodging.members().map(({ pid }) => pid)).toEqual([await pidOf(lodging, 'a')]);
  });

  test('refuses a bad file with its line, and everything runs on', async () => {
    const lodging = lodge();
    lodging.write(lodging.program('a', 'stays.sh'));
    await lodging.start();
    await lodging.reach('RUNNING');
    const pid = await pidOf(lodging, 'a');
    lodging.write(lodging.program('a', 'stays.sh', { startsecs: 'soon' }));
    const said = await lodging.tsvisor(['apply']);
    expect(said.code).toBe(2);
    expect(said.stderr).toMatch(/supervisord\.conf:\d+: startsecs/);
    expect(await pidOf(lodging, 'a')).toBe(pid);
    lodging.write(lodging.program('a', 'stays.sh'));
  });
});
