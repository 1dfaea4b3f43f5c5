// `tsvisor doctor` and `tsvisor drill`: what holds here, and an OOM kill for real on a copy.

import { expect, test } from 'vitest';
import { canLimitMemory } from './abilities.ts';
import { lodge } from './lodging.ts';

test('doctor answers with a supervisor and without one, and its exit status is its gravest finding', async () => {
  const lodging = lodge();
  lodging.write(lodging.program('app', 'stays.sh', { oom_score_adj: 300 }));
  const alone = await lodging.tsvisor(['doctor']);
  expect([0, 1, 2]).toContain(alone.code);
  expect(alone.stdout).toMatch(/supervisor: none answers/);
  await lodging.start();
  await lodging.reach('RUNNING');
  const { stdout, code } = await lodging.tsvisor(['doctor', '--json']);
  const { findings } = JSON.parse(stdout) as { findings: { level: string; about: string; cure: string }[] };
  expect(findings.map(({ about }) => about)).toEqual(
    expect.arrayContaining(['supervisor', 'guardian', 'scores', 'kernel log']),
  );
  expect(findings.filter(({ level, cure }) => level !== 'fine' && cure === '')).toEqual([]);
  const gravest = findings.some(({ level }) => level === 'broken')
    ? 2
    : findings.some(({ level }) => level === 'advice')
      ? 1
      : 0;
  expect(code).toBe(gravest);
});

test('drill refuses on a program that runs for real, and with --yes leaves it alone and nothing behind', async () => {
  const lodging = lodge();
  lodging.write(lodging.program('app', 'stays.sh', { oom_score_adj: 300 }));
  await lodging.start();
  const { pid } = await lodging.reachProcess('app', 'RUNNING');
  const refused = await lodging.tsvisor(['drill', 'app']);
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringMatching(/app is running for real.*--yes/) });
  expect((await lodging.tsvisor(['drill', 'nobody', '--yes'])).stderr).toMatch(/no such process/);
  const { code, stdout } = await lodging.tsvisor(['drill', 'app', '--yes']);
  expect(code).toBe(0);
  if (canLimitMemory) {
    expect(stdout).toMatch(/judged: oom certain, cause own-limit/);
    expect(stdout).toMatch(/after the verdict: swept: \d+ members? killed|left behind: /);
    expect(stdout).toMatch(/after the verdict: restarted: pid \d+, score 300/);
  } else expect(stdout).toMatch(/recorded kill.*\n.*oom certain/);
  expect((await lodging.process('app')).pid).toBe(pid);
});
