// `tsvisor doctor` and `tsvisor drill`: what holds here, and an OOM kill for real on a copy.

import { expect, test } from 'vitest';
import { canLimitMemory } from './abilities.ts';
import { openSandbox } from './sandbox.ts';

test('doctor answers with a supervisor and without one, and its exit status is its gravest finding', async () => {
  const sandbox = openSandbox();
  sandbox.write(sandbox.program('app', 'stays.sh', { oom_score_adj: 300 }));
  const alone = await sandbox.tsvisor(['doctor']);
  expect([0, 1, 2]).toContain(alone.code);
  expect(alone.stdout).toMatch(/supervisor: none answers/);
  await sandbox.start();
  await sandbox.reach('RUNNING');
  const { stdout, code } = await sandbox.tsvisor(['doctor', '--json']);
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
  const sandbox = openSandbox();
  sandbox.write(sandbox.program('app', 'stays.sh', { oom_score_adj: 300 }));
  await sandbox.start();
  const { pid } = await sandbox.reachProcess('app', 'RUNNING');
  const refused = await sandbox.tsvisor(['drill', 'app']);
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringMatching(/app is running for real.*--yes/) });
  expect((await sandbox.tsvisor(['drill', 'nobody', '--yes'])).stderr).toMatch(/no such process/);
  const { code, stdout } = await sandbox.tsvisor(['drill', 'app', '--yes']);
  expect(code).toBe(0);
  if (canLimitMemory) {
    expect(stdout).toMatch(/judged: oom certain, cause own-limit/);
    expect(stdout).toMatch(/after the verdict: swept: \d+ members? killed|left behind: /);
    expect(stdout).toMatch(/after the verdict: restarted: pid \d+, score 300/);
  } else expect(stdout).toMatch(/recorded kill.*\n.*oom certain/);
  expect((await sandbox.process('app')).pid).toBe(pid);
});
