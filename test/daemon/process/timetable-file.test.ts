// Is what many programs do at one time spread, and steadily so?

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openTimetable } from '../../../src/daemon/process/timetable-file.ts';
import { PLAIN_DUTY } from '../../../src/model/duty.ts';
import { Stage } from '../../core/stage.ts';

/** Epoch milliseconds at which a hundred programs with one time and that jitter run next. */
const nextRuns = (jitter: number): readonly (number | null)[] => {
  const stage = new Stage();
  const schedule = { cron: '0 4 * * *', timezone: 'UTC', overlap: 'skip', jitter } as const;
  const duty = { ...PLAIN_DUTY, type: 'oneshot', schedule } as const;
  const processes = Array.from({ length: 100 }, (_, n) => stage.process({ name: `job-${n}`, duty }));
  const path = join('/nonexistent', 'schedule.json');
  const wall = (): number => Date.UTC(2026, 0, 1, 3);
  const ignore = (): undefined => undefined;
  openTimetable({
    path,
    processes: () => processes,
    wall,
    announce: ignore,
    notice: ignore,
    onBug: ignore,
  }).adopt();
  return processes.map(({ nextRun }) => nextRun);
};

test('a hundred programs with one time and a jitter run in many seconds, each in the same one every time', () => {
  const four = Date.UTC(2026, 0, 1, 4);
  const runs = nextRuns(300);
  expect(new Set(runs).size).toBeGreaterThan(60);
  expect(runs.every((at) => at !== null && at >= four && at < four + 300_000)).toBe(true);
  expect(nextRuns(300)).toEqual(runs);
  expect(new Set(nextRuns(0))).toEqual(new Set([four]));
});
