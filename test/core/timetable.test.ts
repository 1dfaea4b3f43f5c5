// Are programs with a schedule started when they are due, whatever the last run does and the clock does?

import { describe, expect, test } from 'vitest';
import { nextRun } from '../../src/config/cron.ts';
import { Timetable, type Due } from '../../src/core/timetable.ts';
import { PLAIN_DUTY, type SchedulePlan } from '../../src/model/duty.ts';
import type { Event } from '../../src/model/event.ts';
import { OK, Stage } from './stage.ts';

const MINUTE = 60_000;
/** 00:00:00 UTC. */
const MIDNIGHT = Date.UTC(2026, 0, 1);

const scene = (
  overlap: SchedulePlan['overlap'] = 'skip',
  past: readonly (readonly [string, Due])[] = [],
  jitter = 0,
) => {
  const stage = new Stage();
  const schedule = { cron: '*/10 * * * *', timezone: 'UTC', overlap, jitter };
  const process = stage.process({
    startsecs: 0,
    duty: { ...PLAIN_DUTY, type: 'oneshot', schedule },
  });
  const told: string[] = [];
  let now = MIDNIGHT + 1000;
  let kept: ReadonlyMap<string, Due> = new Map();
  const processes = [process];
  const timetable = new Timetable({
    processes: () => processes,
    wall: () => now,
    next: nextRun,
    share: () => 0.5,
    announce: (event: Event) => {
      if (event.type === 'scheduled')
        told.push(`${event.act} ${new Date(event.due).toISOString().slice(11, 16)}`);
    },
    past: new Map(past),
    planned: (due) => (kept = due),
    onBug: (bug) => stage.bugs.push(bug),
  });
  timetable.adopt();
  /** Ticks once a second until `minutes` after midnight. */
  const until = (minutes: number): void => {
    for (; now < MIDNIGHT + minutes * MINUTE; now += 1000) timetable.tick();
    timetable.tick();
  };
  const jump = (minutes: number): void => {
    now = MIDNIGHT + minutes * MINUTE;
    timetable.tick();
  };
  return { stage, process, processes, timetable, told, until, jump, kept: () => kept };
};

const nextMinute = (process: { nextRun: number | null }): number =>
  ((process.nextRun ?? Number.NaN) - MIDNIGHT) / MINUTE;

describe('a scheduled program', () => {
  test('is started when it is due, and its next run is known', async () => {
    const { stage, process, until, told, kept } = scene();
    expect([process.state, nextMinute(process)]).toEqual(['STOPPED', 10]);
    until(9.9);
    expect(process.state).toBe('STOPPED');
    until(10);
    await stage.launched();
    expect([process.state, nextMinute(process)]).toEqual(['RUNNING', 20]);
    await stage.dies(OK);
    until(20);
    await stage.launched();
    expect(stage.leaders).toHaveLength(2);
    expect(told).toEqual(['started 00:10', 'started 00:20']);
    expect(kept().get('ci:app')).toMatchObject({ cron: '*/10 * * * *', at: MIDNIGHT + 30 * MINUTE });
  });

  test('runs later by its own part of the jitter, and by the same each time', async () => {
    const { stage, process, until } = scene('skip', [], 2 * 60);
    expect(nextMinute(process)).toBe(1);
    until(0.9);
    expect(process.state).toBe('STOPPED');
    until(1);
    await stage.launched();
    expect([process.state, nextMinute(process)]).toEqual(['RUNNING', 11]);
  });

  test('loses no run to a jitter that is longer than the time between two', () => {
    const { process, until } = scene('skip', [], 30 * 60);
    expect(nextMinute(process)).toBe(5);
    until(5);
    expect(nextMinute(process)).toBe(15);
  });

  test('skips a run while the last one goes on', async () => {
    const { stage, until, told } = scene('skip');
    until(10);
    await stage.launched();
    until(25);
    expect([told, stage.leaders.length]).toEqual([['started 00:10', 'skipped 00:20'], 1]);
  });

  test('queues one run, not more, behind the last one', async () => {
    const { stage, until, told } = scene('queue');
    until(10);
    await stage.launched();
    until(35);
    expect(told).toEqual(['started 00:10', 'queued 00:20', 'skipped 00:30']);
    await stage.dies(OK);
    until(36);
    await stage.launched();
    await stage.dies(OK);
    until(39);
    expect(stage.leaders).toHaveLength(2);
  });

  test('takes the place of the last run', async () => {
    const { stage, until, told, process } = scene('kill');
    until(10);
    await stage.launched();
    until(20);
    expect([process.state, stage.signals]).toEqual(['STOPPING', ['SIGTERM leader 100']]);
    await stage.dies({ code: null, signal: 'SIGTERM' });
    await stage.launched();
    expect([process.state, told]).toEqual(['RUNNING', ['started 00:10', 'replaced 00:20']]);
    expect(stage.bugs).toEqual([]);
  });

  test('that failed for good is started anew when it is due', async () => {
    const { stage, until, process } = scene();
    process.adopt({ ...process.plan, startretries: 0 });
    until(10);
    await stage.launched();
    await stage.dies({ code: 1, signal: null });
    expect(process.state).toBe('FATAL');
    until(20);
    await stage.launched();
    expect(process.state).toBe('RUNNING');
  });

  test('is not touched any more when it has been taken out', () => {
    const { until, processes, timetable, process } = scene();
    processes.length = 0;
    timetable.adopt();
    until(25);
    expect(process.state).toBe('STOPPED');
  });
});

describe('when nobody looked in time', () => {
  const due = (at: number, cron = '*/10 * * * *'): readonly (readonly [string, Due])[] => [
    ['ci:app', { cron, timezone: 'UTC', jitter: 0, at }],
  ];

  test('a run is told to be missed, and not made up for', () => {
    const { told, process } = scene('skip', due(MIDNIGHT - 20 * MINUTE));
    expect([told, process.state, nextMinute(process)]).toEqual([['missed 23:40'], 'STOPPED', 10]);
  });

  test('a run that is due a moment ago is still started: the supervisor was only restarted', () => {
    const { told, process, until } = scene('skip', due(MIDNIGHT - 20_000));
    until(0.1);
    expect([told, process.state]).toEqual([['started 23:59'], 'STARTING']);
  });

  test('another schedule than it has now has missed nothing', () => {
    expect(scene('skip', due(MIDNIGHT - 20 * MINUTE, '@hourly')).told).toEqual([]);
  });
});

describe('a clock that is set', () => {
  test('forward over a run misses it, and says so once', () => {
    const { told, jump, process } = scene();
    jump(55);
    expect([told, nextMinute(process)]).toEqual([['missed 00:10'], 60]);
  });

  test('back plans everything anew', () => {
    const { jump, process, until, told } = scene();
    jump(-60);
    expect(nextMinute(process)).toBe(-50);
    until(-50);
    expect([told, process.state]).toEqual([['started 23:10'], 'STARTING']);
  });
});

describe('summer time', () => {
  const berlin = (cron: string) => ({ cron, timezone: 'Europe/Berlin' });
  const runs = (cron: string, from: string, count: number): readonly string[] => {
    const all: string[] = [];
    let at: number | null = Date.parse(from);
    while (all.length < count && at !== null) {
      at = nextRun(berlin(cron), at);
      if (at !== null) all.push(new Date(at).toISOString());
    }
    return all;
  };

  test('a time that its beginning leaves out comes right after, and only once', () => {
    expect(runs('30 2 * * *', '2026-03-28T12:00:00Z', 2)).toEqual([
      '2026-03-29T01:00:00.000Z',
      '2026-03-30T00:30:00.000Z',
    ]);
  });

  test('a time that its end brings twice comes once', () => {
    expect(runs('30 2 * * *', '2026-10-24T12:00:00Z', 2)).toEqual([
      '2026-10-25T00:30:00.000Z',
      '2026-10-26T01:30:00.000Z',
    ]);
  });
});
