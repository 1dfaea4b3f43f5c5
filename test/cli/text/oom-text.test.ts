// Do incidents read well on a terminal?

import { expect, test } from 'vitest';
import { incidentsText } from '../../../src/cli/text/oom-text.ts';
import type { Incident, MemorySample } from '../../../src/model/oom-report.ts';

const MB = 1024 * 1024;

const sample = (seconds: number, memory: number | null): MemorySample => ({
  before: seconds * 1000,
  memory,
  score: 670,
  available: 1024 * MB,
  pressure: 0,
});

const incident = (samples: readonly MemorySample[]): Incident => ({
  id: 'one',
  at: 0,
  judged: 0,
  process: { group: 'web', name: 'web' },
  whom: 'leader',
  verdict: { oom: 'certain', cause: 'own-limit', because: 'killed', victim: null, evidence: null },
  members: [],
  memory: { available: null, pressure: null },
  acts: [],
  samples,
});

const lineOf = (samples: readonly MemorySample[]): string | undefined =>
  incidentsText(
    { folder: '/run', incidents: [incident(samples)] },
    { paint: (_, text) => text, columns: null },
  )
    .split('\n')
    .find((line) => line.includes('memory before'));

test('an incident tells how memory went before it, in one line of a few points', () => {
  expect(lineOf([])).toBeUndefined();
  expect(lineOf([sample(3, null)])).toBeUndefined();
  expect(lineOf([sample(2.4, 12 * MB), sample(1, null), sample(0.4, 60 * MB)])).toBe(
    '  memory before: 12.0M (-2.4 s), 60.0M (-0.4 s); 1.0G left',
  );
  const minute = Array.from({ length: 60 }, (_, at) => sample(59 - at, at * MB));
  expect(lineOf(minute)?.match(/\(/g)).toHaveLength(6);
  expect(lineOf(minute)).toMatch(/ 0B \(-59 s\), .* 59\.0M \(-0\.0 s\); 1\.0G left$/);
});
