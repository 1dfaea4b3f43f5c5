// Does a hook get each event once, is it tried again when it fails, and does nobody ever wait for it?

import { describe, expect, test } from 'vitest';
import { Hook, type HookFailure } from '../../src/events/hook.ts';
import { HookDispatcher } from '../../src/events/hook-dispatcher.ts';
import { ABOUT_NOTHING, type Message, variablesOf } from '../../src/events/message.ts';
import { remoteNote } from '../../src/events/note.ts';
import type { HookPlan } from '../../src/model/hook.ts';
import { ManualClock } from '../kernel/manual-clock.ts';
import { until } from '../until.ts';

const PLAN: HookPlan = {
  name: 'tell',
  on: ['REMOTE_COMMUNICATION'],
  act: { kind: 'run', command: '/bin/true' },
  timeout: 10,
  bufferSize: 3,
  attempts: 3,
  retryDelay: 1,
};

const FAILURE: HookFailure = { why: 'it answered 503', final: false };

/** A hook whose attempts end when the test says so. */
const openStage = (plan: Partial<HookPlan> = {}) => {
  const clock = new ManualClock();
  const said: string[] = [];
  const tried: { message: Message; end: (failure: HookFailure | null) => void }[] = [];
  const send = (message: Message, abort: AbortSignal): Promise<HookFailure | null> =>
    new Promise((resolve) => {
      abort.addEventListener('abort', () => resolve({ why: 'no more time', final: false }));
      tried.push({ message, end: resolve });
    });
  const parts = { host: 'here', supervisor: 's', clock, say: (text: string) => void said.push(text) };
  const hook = new Hook({ ...parts, plan: { ...PLAN, ...plan }, send });
  return {
    clock,
    said,
    tried,
    hook,
    parts: { ...parts, sendOf: () => send },
    happen: (...data: readonly string[]) => {
      for (const one of data) hook.accept(remoteNote('t', one), ABOUT_NOTHING);
    },
    /** The outcome of the attempt that is or will be under way. */
    answer: async (failure: HookFailure | null): Promise<Message> => {
      await until('an attempt', () => tried.length > 0);
      const attempt = tried.shift();
      if (attempt === undefined) throw new Error('no attempt');
      attempt.end(failure);
      await new Promise((resolve) => setImmediate(resolve));
      return attempt.message;
    },
  };
};

describe('a hook', () => {
  test('is told after whoever announces has gone on, one event at a time, in order', async () => {
    const stage = openStage();
    stage.happen('a', 'b');
    expect(stage.tried).toEqual([]);
    expect(stage.hook.status).toMatchObject({ sent: 0, waiting: 3 });
    const first = await stage.answer(null);
    const second = await stage.answer(null);
    expect([first.text, second.text]).toEqual(['a', 'b']);
    expect([first.serial, second.serial]).toEqual([1, 2]);
    expect(stage.hook.status).toMatchObject({ sent: 2, failed: 0, dropped: 0, waiting: 0 });
    expect(stage.said).toEqual([]);
  });

  test('is tried again with longer and longer delays, the same serial each time', async () => {
    const stage = openStage();
    stage.happen('a');
    const serials = [(await stage.answer(FAILURE)).serial];
    stage.clock.advance(999);
    expect(stage.tried).toEqual([]);
    stage.clock.advance(1);
    serials.push((await stage.answer(FAILURE)).serial);
    stage.clock.advance(2000);
    serials.push((await stage.answer(null)).serial);
    expect(serials).toEqual([1, 1, 1]);
    expect(stage.hook.status).toMatchObject({ sent: 1, failed: 0 });
    expect(stage.hook.status.lastFailure?.why).toBe('it answered 503');
  });

  test('gives an event up after its attempts or a final answer, says so once, and says when it works again', async () => {
    const stage = openStage({ attempts: 1 });
    stage.happen('a', 'b', 'c');
    await stage.answer(FAILURE);
    await stage.answer({ why: 'it answered 404', final: true });
    expect(stage.said).toEqual([
      'hook tell cannot take REMOTE_COMMUNICATION: it answered 503; further failures are counted',
    ]);
    await stage.answer(null);
    expect(stage.said.at(-1)).toBe('hook tell works again: 2 events had failed, 0 were dropped');
    expect(stage.hook.status).toMatchObject({ sent: 1, failed: 2 });
  });

  test('drops the oldest that waits when too many do, and says so once', async () => {
    const stage = openStage();
    stage.happen('under way');
    await until('an attempt', () => stage.tried.length > 0);
    stage.happen('a', 'b', 'c', 'd', 'e');
    expect(stage.hook.status).toMatchObject({ dropped: 2, waiting: 4 });
    expect(stage.said).toEqual(['hook tell is too slow: 3 events wait, the oldest are dropped and counted']);
    expect((await stage.answer(null)).text).toBe('under way');
    expect((await stage.answer(null)).text).toBe('c');
    expect(stage.said.at(-1)).toBe('hook tell works again: 0 events had failed, 2 were dropped');
  });

  test('keeps no more than four million characters, however few events that are', async () => {
    const stage = openStage({ bufferSize: 100 });
    stage.happen('under way');
    await until('an attempt', () => stage.tried.length > 0);
    for (let n = 0; n < 10; n += 1) stage.happen('x'.repeat(1_000_000));
    expect(stage.hook.status).toMatchObject({ dropped: 6, waiting: 5 });
  });

  test('at the end tries at once what waits, and gives up when there is no more time', async () => {
    const stage = openStage();
    stage.happen('a', 'b');
    await stage.answer(FAILURE);
    let closed = false;
    const closing = stage.hook.close(3000).then(() => (closed = true));
    await stage.answer(null);
    await until('the last event', () => stage.tried.length > 0);
    expect(closed).toBe(false);
    stage.clock.advance(3000);
    await closing;
    expect(stage.hook.status).toMatchObject({ sent: 1, failed: 1, waiting: 0 });
    expect(stage.said.at(-1)).toBe('hook tell is closed: 1 events had failed, 0 were dropped');
    stage.happen('too late');
    expect(stage.hook.status.waiting).toBe(0);
  });
});

describe('hooks of a config that changes', () => {
  test('go on when they are the same, and end when they are not', async () => {
    const stage = openStage();
    const dispatcher = new HookDispatcher(stage.parts);
    dispatcher.adopt([PLAN, { ...PLAN, name: 'other', on: ['TICK'] }], 1000);
    dispatcher.accept(remoteNote('t', 'a'), ABOUT_NOTHING);
    await stage.answer(null);
    expect(dispatcher.statuses.map(({ name, sent }) => [name, sent])).toEqual([
      ['tell', 1],
      ['other', 0],
    ]);
    dispatcher.adopt([structuredClone(PLAN), { ...PLAN, name: 'third', on: ['TSVISOR'] }], 1000);
    expect(dispatcher.statuses.map(({ name, sent }) => [name, sent])).toEqual([
      ['tell', 1],
      ['third', 0],
    ]);
    expect(dispatcher.wants('TSVISOR_SWEPT')).toBe(true);
    expect(dispatcher.wants('TICK_5')).toBe(false);
  });
});

test('the variables of a command tell the main facts, the verdict of an OOM kill among them', () => {
  const message: Message = {
    event: 'TSVISOR_OOM_KILLED',
    serial: 7,
    time: '2026-05-06T07:08:09.010Z',
    host: 'here',
    supervisor: 's',
    group: 'ci',
    process: 'app',
    facts: { pid: '4711' },
    text: '',
    payload: '',
    verdict: {
      oom: 'certain',
      cause: 'own-limit',
      because: 'its limit of 64 MB was reached',
    } as unknown as NonNullable<Message['verdict']>,
  };
  expect(variablesOf(message)).toEqual({
    TSVISOR_EVENT: 'TSVISOR_OOM_KILLED',
    TSVISOR_SERIAL: '7',
    TSVISOR_GROUP: 'ci',
    TSVISOR_PROCESS: 'app',
    TSVISOR_PID: '4711',
    TSVISOR_OOM: 'certain',
    TSVISOR_CAUSE: 'own-limit',
    TSVISOR_BECAUSE: 'its limit of 64 MB was reached',
  });
});
