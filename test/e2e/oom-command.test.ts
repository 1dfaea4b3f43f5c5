// `tsvisor oom`: who dies next, what was killed, and another score for what runs.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { canLimitMemory } from './abilities.ts';
import { lodge, type Lodging } from './lodging.ts';
import { until } from './wait.ts';
import type { IncidentsReply, OomRankReply } from '../../src/model/oom-report.ts';

const rank = async (lodging: Lodging, ...words: readonly string[]): Promise<OomRankReply> => {
  const said = await lodging.tsvisor(['oom', '--json', ...words]);
  expect(said.stderr).toBe('');
  return JSON.parse(said.stdout);
};

const ours = (reply: OomRankReply): readonly string[] =>
  (reply.domains[0]?.candidates ?? []).flatMap(({ process }) => process ?? []);

const scoreOf = (pid: number): string => readFileSync(`/proc/${pid}/oom_score_adj`, 'utf8').trim();

describe('oom', () => {
  test('ranks processes and strangers, and the order follows what is supposed', async () => {
    const lodging = lodge();
    lodging.write(
      lodging.program('safe', 'stays.sh', { oom_score_adj: 300 }),
      lodging.program('first', 'stays.sh', { oom_score_adj: 800 }),
    );
    await lodging.start();
    await lodging.reach('RUNNING');
    const now = await rank(lodging);
    expect(now.domains[0]?.name).toBe('machine');
    expect(ours(now).slice(0, 2)).toEqual(['first', 'safe']);
    expect(ours(await rank(lodging, '--what-if', 'safe=900')).slice(0, 2)).toEqual(['safe', 'first']);
    const limited = await rank(lodging, '--limit', 'safe=1M');
    expect(limited.domains.at(-1)).toMatchObject({
      name: expect.stringMatching(/^safe/),
      limit: 1024 * 1024,
    });
    const text = await lodging.tsvisor(['oom']);
    expect(text.stdout).toMatch(/NAME.*WHEN IT COMES[^]*first.*800[^]*that cannot be dropped plus/);
    const bad = await lodging.tsvisor(['oom', '--what-if', 'safe']);
    expect(bad).toMatchObject({ code: 1, stderr: expect.stringMatching(/not NAME=VALUE/) });
  });

  test('set gives a live process another score with all its members, and remembers it', async () => {
    const lodging = lodge();
    lodging.write(
      lodging.program('app', 'leaves-a-setsid-child.sh', { oom_score_adj: 300, stopwaitsecs: 1 }),
    );
    await lodging.start();
    await lodging.reach('RUNNING', 'app');
    const [member = 0] = await until(
      'the member',
      () => lodging.diary('member').length > 0 && lodging.diary('member'),
    );
    const leader = (await lodging.process('app')).pid;
    expect((await lodging.tsvisor(['oom', 'set', 'app', '600'])).code).toBe(0);
    expect([scoreOf(leader), scoreOf(member)]).toEqual(['600', '600']);
    expect((await lodging.tsvisor(['restart', 'app'])).code).toBe(0);
    const again = await lodging.reachProcess('app', 'RUNNING');
    expect(scoreOf(again.pid)).toBe('600');
    const old = (await lodging.status()).supervisor.pid;
    expect((await lodging.tsvisor(['restart'])).code).toBe(0);
    await lodging.reachAfter(old, 'RUNNING');
    expect(scoreOf((await lodging.process('app')).pid)).toBe('600');
    expect((await lodging.tsvisor(['oom', 'set', 'nobody', '600'])).stderr).toMatch(
      /nobody: no such process/,
    );
    expect((await lodging.tsvisor(['oom', 'set', 'app', 'high'])).stderr).toMatch(/is not a score/);
  });
});

describe.skipIf(!canLimitMemory)('where memory cgroups can be made', () => {
  test('history tells an incident with its evidence, its acts and its file', async () => {
    const lodging = lodge();
    lodging.write(lodging.program('app', 'eats-memory.sh', { memory_max: '48MB', oom_score_adj: 300 }));
    await lodging.start();
    await lodging.reach('RUNNING', 'app');
    expect((await lodging.tsvisor(['oom', 'history'])).stdout).toMatch(/nothing was killed/);
    lodging.touch('eat');
    await until('a second life', () => lodging.diary('leader').length === 2);
    await lodging.reach('RUNNING', 'app');
    const said = await lodging.tsvisor(['oom', 'history', '--json']);
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
    expect((await lodging.tsvisor(['oom', 'history'])).stdout).toContain(file);
    const limited = await rank(lodging);
    expect(limited.domains.map(({ limit }) => limit)).toContain(48 * 1024 * 1024);
  });
});
