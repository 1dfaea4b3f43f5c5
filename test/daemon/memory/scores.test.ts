// Scores set while programs run: do they hold, and does the next supervisor know them?

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Scores } from '../../../src/daemon/memory/scores.ts';
import type { ScoreRequest } from '../../../src/model/plan.ts';
import { group, supervise } from '../../core/world.ts';

const makeFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'tsvisor-scores-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

const open = (folder: string, configured: ScoreRequest = { kind: 'auto' }) => {
  const { supervisor, hands } = supervise([group('ci', 1, [{ name: 'app', oomScoreAdj: configured }])]);
  const failures: string[] = [];
  const failed = (why: string): void => void failures.push(why);
  const scores = new Scores({ folder, supervisor: () => supervisor, hands: () => hands, failed });
  const score = (): ScoreRequest | undefined => supervisor.processes[0]?.plan.oomScoreAdj;
  return { scores, score, failures };
};

test('a score that was set holds under the next supervisor, unless the config says something else by then', () => {
  const folder = makeFolder();
  const first = open(folder);
  expect(first.scores.set(['ci:app'], '300')).toMatchObject([{ ok: true }]);
  expect(first.score()).toEqual({ kind: 'absolute', value: 300 });
  const next = open(folder);
  next.scores.restore();
  expect(next.score()).toEqual({ kind: 'absolute', value: 300 });
  const changed = open(folder, { kind: 'absolute', value: 10 });
  changed.scores.restore();
  expect(changed.score()).toEqual({ kind: 'absolute', value: 10 });
});

test('a score that cannot be written down holds all the same, and that is said', () => {
  const { scores, score, failures } = open('/nowhere');
  expect(scores.set(['ci:app'], '+5')).toMatchObject([{ ok: true }]);
  expect(score()).toEqual({ kind: 'relative', value: 5 });
  expect(failures).toEqual([expect.stringMatching(/^cannot keep the scores .*ENOENT/)]);
});
