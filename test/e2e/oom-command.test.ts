// `tsvisor oom`: who dies next, what was killed, and another score for what runs.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { canLimitMemory } from './abilities.ts';
import { openSandbox, type Sandbox } from './sandbox.ts';
import { until } from '../until.ts';
import type { IncidentsReply, OomRankReply } from '../../src/model/oom-report.ts';

const rank = async (sandbox: Sandbox, ...words: readonly string[]): Promise<OomRankReply> => {
  const said = await sandbox.tsvisor(['oom', '--json', ...words]);
  expect(said.stderr).toBe('');
  return JSON.parse(said.stdout);
};

const ours = (reply: OomRankReply): readonly string[] =>
  (reply.domains[0]?.candidates ?? []).flatMap(({ process }) => process ?? []);

const scoreOf = (pid: number): string => readFileSync(`/proc/${pid}/oom_score_adj`, 'utf8').trim();

describe('oom', () => {
  test('ranks processes and strangers, and the order follows what is supposed', async () => {
    const sandbox = openSandbox();
    sandbox.write(
      sandbox.program('safe', 'stays.sh', { oom_score_adj: 300 }),
      sandbox.program('first', 'stays.sh', { oom_score_adj: 800 }),
    );
    await sandbox.start();
    await sandbox.reach('RUNNING');
    const now = await rank(sandbox);
    expect(now.domains[0]?.name).toBe('machine');
    expect(ours(now).slice(0, 2)).toEqual(['first', 'safe']);
    expect(ours(await rank(sandbox, '--what-if', 'safe=900')).slice(0, 2)).toEqual(['safe', 'first']);
    const limited = await rank(sandbox, '--limit', 'safe=1M');
    expect(limited.domains.at(-1)).toMatchObject({
      name: expect.stringMatching(/^safe/),
      limit: 1024 * 1024,
    });
    const text = await sandbox.tsvisor(['oom']);
    expect(text.stdout).toMatch(/NAME.*WHEN IT COMES[^]*first.*800[^]*that cannot be dropped plus/);
    const { pid } = (await sandbox.status()).supervisor;
    expect(text.stdout).toMatch(new RegExp(String.raw`\(tsvisor\) +${pid} `));
    const bad = await sandbox.tsvisor(['oom', '--what-if', 'safe']);
    expect(bad).toMatchObject({ code: 1, stderr: expect.stringMatching(/not NAME=VALUE/) });
  });

  test('set gives a live process another score with all its members, and remembers it', async () => {
    const sandbox = openSandbox();
    sandbox.write(
      sandbox.program('app', 'leaves-a-setsid-child.sh', { oom_score_adj: 300, stopwaitsecs: 1 }),
    );
    await sandbox.start();
    await sandbox.reach('RUNNING', 'app');
    const [member = 0] = await until(
      'the member',
      () => sandbox.diary('member').length > 0 && sandbox.diary('member'),
    );
    const leader = (await sandbox.process('app')).pid;
    expect((await sandbox.tsvisor(['oom', 'set', 'app', '600'])).code).toBe(0);
    expect([scoreOf(leader), scoreOf(member)]).toEqual(['600', '600']);
    expect((await sandbox.tsvisor(['restart', 'app'])).code).toBe(0);
    const again = await sandbox.reachProcess('app', 'RUNNING');
    expect(scoreOf(again.pid)).toBe('600');
    const old = (await sandbox.status()).supervisor.pid;
    expect((await sandbox.tsvisor(['restart'])).code).toBe(0);
    await sandbox.reachAfter(old, 'RUNNING');
    expect(scoreOf((await sandbox.process('app')).pid)).toBe('600');
    expect((await sandbox.tsvisor(['oom', 'set', 'nobody', '600'])).stderr).toMatch(
      /nobody: no such process/,
    );
    expect((await sandbox.tsvisor(['oom', 'set', 'app', 'high'])).stderr).toMatch(/is not a score/);
  });
});

describe.skipIf(!canLimitMemory)('where memory cgroups can be made', () => {
  test('history tells an incident with its evidence, its acts and its file', async () => {
    const sandbox = openSandbox();
    sandbox.write(sandbox.program('app', 'eats-memory.sh', { memory_max: '48MB', oom_score_adj: 300 }));
    await sandbox.start();
    await sandbox.reach('RUNNING', 'app');
    expect((await sandbox.tsvisor(['oom', 'history'])).stdout).toMatch(/nothing was killed/);
    sandbox.touch('eat');
    await until('a second life', () => sandbox.diary('leader').length === 2);
    await sandbox.reach('RUNNING', 'app');
    const said = await sandbox.tsvisor(['oom', 'history', '--json']);
    const { folder, incidents }: IncidentsReply = JSON.parse(said.stdout);
    const [incident] = incidents;
    expect(incident).toMatchObject({ whom: 'leader', verdict: { oom: 'certain', cause: 'own-limit' } });
    expect(incident?.acts.map(({ text }) => text)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^restarted: pid \d+, score 300/)]),
    );
    const [record] = incident?.verdict.evidence?.records ?? [];
    if (record !== undefined) expect(record.lines?.at(-1)).toMatch(/Killed process \d+ \(tail\)/);
    const file = `${folder}/${incident?.id ?? ''}.json`;
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(incident);
    expect((await sandbox.tsvisor(['oom', 'history'])).stdout).toContain(file);
    const limited = await rank(sandbox);
    expect(limited.domains.map(({ limit }) => limit)).toContain(48 * 1024 * 1024);
  });
});
