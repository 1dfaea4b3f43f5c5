// Does an incident tell how things stood in the minute before?

import { expect, test } from 'vitest';
import type { Incident, MemorySample } from '../../src/model/oom-report.ts';
import { openStage } from './stage.ts';

const sample = (before: number, memory: number | null): MemorySample => ({
  before,
  memory,
  score: null,
  available: null,
  pressure: null,
});

const incident = (news: Partial<Incident> = {}): Incident => ({
  id: 'one',
  at: 1_700_000_000_000,
  judged: 5,
  process: { group: 'web', name: 'web' },
  whom: 'leader',
  verdict: { oom: 'certain', cause: 'own-limit', because: 'the <log> says so', victim: null, evidence: null },
  members: [],
  memory: { available: 1_048_576, pressure: 12.5 },
  acts: [{ after: 3, text: 'now EXITED' }],
  samples: [sample(60_000, 1_048_576), sample(30_000, null), sample(0, 4_194_304)],
  ...news,
});

const pageOf = async (news: Partial<Incident> = {}): Promise<string> => {
  const stage = await openStage();
  stage.state.incidents = [incident(news)];
  return (await stage.ask('/oom')).text;
};

test('draws the memory of its members from the left, a minute before, to the kill', async () => {
  const text = await pageOf();
  expect(text).toContain('<polyline points="0,45.0 300,0.0">');
  expect(text).toContain('Memory of its members in the minute before: 1.00M to 4.00M');
  expect(text).toContain('The machine then: 1.00M available, somebody waited for memory 13 % of the time');
  expect(text).toContain('the &lt;log&gt; says so');
});

test('names the most where it is neither the first nor the last', async () => {
  const samples = [sample(2000, 1024), sample(1000, 4096), sample(0, 2048)];
  expect(await pageOf({ samples })).toContain('1.00K to 2.00K, at most 4.00K');
});

test('draws nothing of a process that was not watched', async () => {
  expect(await pageOf({ samples: [sample(0, 5)] })).not.toContain('<polyline');
});
