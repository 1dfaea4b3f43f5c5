// Does what a program says of itself become what is shown of it, and its silence the end of its life?

import { describe, expect, test } from 'vitest';
import type { NotifyPlan } from '../../src/model/plan.ts';
import { readNotifyMessage } from '../../src/core/notify-message.ts';
import { NotifyState } from '../../src/core/notify-state.ts';
import { Stage } from './stage.ts';

const begin = async (notify: NotifyPlan) => {
  const stage = new Stage();
  const process = stage.process({ notify, startsecs: 0, stopwaitsecs: 10 });
  process.feed({ name: 'start', automatic: false });
  await stage.launched();
  const told = new NotifyState({ process, clock: stage.clock });
  const say = (...lines: readonly string[]): void => told.hear(readNotifyMessage(lines));
  const news = (): readonly string[] =>
    stage.events.flatMap((event) =>
      event.type === 'readiness' ? [`${event.readiness.ready} ${event.readiness.text}`] : [],
    );
  return { stage, process, told, say, news };
};

const READY = { ready: true, watchdog: null } as const;

describe('a program that says when it is ready', () => {
  test('is ready from then on, and not while it reloads', async () => {
    const { say, news } = await begin(READY);
    say('READY=1');
    say('RELOADING=1');
    say('READY=1', 'STATUS=new config');
    say('STOPPING=1');
    expect(news()).toEqual(['true null', 'false reloading', 'true new config', 'false stopping']);
  });

  test('leaves the words of others alone where it has none itself', async () => {
    const { process, say } = await begin(READY);
    process.learn({ text: 'connection refused' });
    say('READY=1');
    expect(process.readiness).toMatchObject({ ready: true, text: 'connection refused' });
  });

  test('has its texts told once a second, the last of them, and at once with a change', async () => {
    const { stage, say, news } = await begin(READY);
    for (let part = 1; part <= 100; part += 1) say(`STATUS=${part} %`);
    expect(news()).toEqual(['false 1 %']);
    stage.clock.advance(1000);
    expect(news()).toEqual(['false 1 %', 'false 100 %']);
    say('STATUS=done');
    say('READY=1');
    expect(news().at(-1)).toBe('true done');
    expect(stage.clock.armed).toBe(0);
  });
});

describe('a program with a watchdog', () => {
  test('that says nothing hangs, and its last death says so', async () => {
    const { stage, process } = await begin({ ready: false, watchdog: 30 });
    stage.clock.advance(31_000);
    await stage.sweptEmpty();
    await stage.ends({ code: null, signal: 'SIGKILL' });
    expect(process.past.lastDeath).toMatchObject({
      reason: 'watchdog',
      verdict: { cause: 'tsvisor', because: 'it has not said WATCHDOG=1 for 30 s (watchdog)' },
    });
  });

  test('is watched only from READY=1 on where it says that', async () => {
    const { stage, process, say } = await begin({ ready: true, watchdog: 30 });
    stage.clock.advance(300_000);
    expect(process.phase.name).toBe('running');
    say('READY=1');
    stage.clock.advance(31_000);
    expect(process.phase.name).toBe('settling');
  });

  test('can say itself that it has failed; one without cannot', async () => {
    const watched = await begin({ ready: false, watchdog: 30 });
    watched.say('WATCHDOG=trigger');
    expect(watched.process.phase).toMatchObject({ name: 'settling', reason: 'watchdog' });
    const other = await begin(READY);
    other.say('WATCHDOG=trigger');
    expect(other.process.phase.name).toBe('running');
  });

  test('is not killed for its silence while it stops, or after its end', async () => {
    const { stage, process, told } = await begin({ ready: false, watchdog: 1 });
    process.feed({ name: 'stop', reason: 'stop' });
    stage.clock.advance(5000);
    expect(process.phase.name).toBe('stopping');
    told.end();
    process.feed({ name: 'extend', ms: 0 });
    expect(stage.clock.armed).toBe(1);
  });
});

test('a program gets more time to stop when it asks for it', async () => {
  const { stage, process, say } = await begin(READY);
  process.feed({ name: 'stop', reason: 'stop' });
  say('EXTEND_TIMEOUT_USEC=20000000');
  stage.clock.advance(19_999);
  expect(process.phase.name).toBe('stopping');
  stage.clock.advance(1);
  expect(process.phase.name).toBe('settling');
});
