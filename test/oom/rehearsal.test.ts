import { expect, test } from 'vitest';
import { rehearse } from '../../src/oom/rehearsal.ts';

test('a recorded kill is judged as a real one is', () => {
  const verdict = rehearse();
  expect(verdict).toMatchObject({ oom: 'certain', cause: 'own-limit', victim: { pid: 8980, comm: 'tail' } });
  expect(verdict.because).toMatch(/own limit of 48 MB.*oom_kill went 0 -> 1.*Killed process 8980/);
});
