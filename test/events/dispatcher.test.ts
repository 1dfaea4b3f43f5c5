// Do events reach the listeners that asked for them, in order, once, and again when they were refused?

import { describe, expect, test } from 'vitest';
import { Stage } from './stage.ts';

const REMOTE = { events: ['REMOTE_COMMUNICATION'] };

describe('a pool', () => {
  test('keeps events until its listener is RUNNING and READY, then sends them one by one', () => {
    const stage = new Stage({ p: REMOTE });
    stage.remote('a', 'b');
    stage.enter('p', 'STARTING');
    stage.say('p', 'READY\n');
    expect(stage.sent('p')).toEqual([]);
    stage.enter('p', 'RUNNING');
    expect(stage.sent('p')).toEqual(['0 0 REMOTE_COMMUNICATION type:t\na']);
    stage.say('p', 'RESULT 2\nOK');
    expect(stage.sent('p')).toHaveLength(1);
    stage.say('p', 'READY\n');
    expect(stage.sent('p')[1]).toBe('1 1 REMOTE_COMMUNICATION type:t\nb');
  });

  test('gives events to the first of its listeners that is free', () => {
    const stage = new Stage({ p: { ...REMOTE, processes: ['one', 'two'] } });
    stage.raise('one', 'p');
    stage.raise('two', 'p');
    stage.remote('a', 'b', 'c');
    expect([stage.sent('one').length, stage.sent('two').length]).toEqual([1, 1]);
    stage.say('two', 'RESULT 2\nOKREADY\n', 'p');
    expect(stage.sent('two')).toHaveLength(2);
  });

  test('passes over a listener that does not read its stdin, and keeps the event when there is no other', () => {
    const stage = new Stage({ p: { ...REMOTE, processes: ['one', 'two'] } });
    stage.deaf.add('one');
    stage.raise('one', 'p');
    stage.remote('a');
    stage.raise('two', 'p');
    expect(stage.sent('two')).toHaveLength(1);
  });

  test('drops the oldest event when its buffer is full, and says so', () => {
    const stage = new Stage({ p: { ...REMOTE, bufferSize: 2 } });
    stage.remote('a', 'b', 'c');
    expect(stage.said).toEqual(['error pool p event buffer overflowed, discarding event 0']);
    stage.raise('p');
    expect(stage.sent('p')).toEqual(['1 1 REMOTE_COMMUNICATION type:t\nb']);
  });

  test('hears of its own addition, but not of its removal', () => {
    const stage = new Stage({ p: { events: ['PROCESS_GROUP'] }, q: { events: ['PROCESS_GROUP'] } });
    stage.raise('p');
    expect(stage.sent('p')).toEqual(['0 0 PROCESS_GROUP_ADDED groupname:p']);
    stage.change('p', 'removed');
    stage.raise('q');
    expect(stage.sent('q')).toEqual(['1 0 PROCESS_GROUP_ADDED groupname:q']);
    stage.say('q', 'RESULT 2\nOKREADY\n');
    expect(stage.sent('q')[1]).toBe('2 1 PROCESS_GROUP_REMOVED groupname:p');
  });
});

test('a process that joins its pool later is sent events too', () => {
  const stage = new Stage({ p: { ...REMOTE, processes: ['one'] } });
  stage.replan('p', { ...REMOTE, processes: ['one', 'two'] });
  stage.raise('two', 'p');
  stage.remote('a');
  expect(stage.sent('two')).toHaveLength(1);
});

describe('a rejected event', () => {
  test.each([
    ['FAIL', 'RESULT 4\nFAILREADY\n', ['warn p: event was rejected']],
    ['nothing', 'RESULT 0\nREADY\n', ['warn p: event was rejected']],
  ])('is sent again before all others, with the serials it had (answer: %s)', (_, answer, said) => {
    const stage = new Stage({ p: REMOTE });
    stage.raise('p');
    stage.remote('a', 'b');
    stage.say('p', answer);
    expect(stage.sent('p')).toEqual([
      '0 0 REMOTE_COMMUNICATION type:t\na',
      '0 0 REMOTE_COMMUNICATION type:t\na',
    ]);
    expect(stage.said).toEqual(said);
  });

  test('is told once, however often the listener rejects it; the next one is told again', () => {
    const stage = new Stage({ p: REMOTE });
    stage.raise('p');
    stage.remote('a', 'b');
    for (let times = 0; times < 100; times += 1) stage.say('p', 'RESULT 4\nFAILREADY\n');
    stage.say('p', 'RESULT 2\nOKREADY\n');
    stage.say('p', 'RESULT 4\nFAILREADY\n');
    expect(stage.sent('p')).toHaveLength(103);
    expect(stage.said).toEqual(['warn p: event was rejected', 'warn p: event was rejected']);
  });

  test('waits for the next life of a listener that breaks the protocol', () => {
    const stage = new Stage({ p: REMOTE });
    stage.raise('p');
    stage.remote('a');
    stage.say('p', 'RESULT x\n');
    expect(stage.said[0]).toContain('p: has entered the UNKNOWN state and will no longer receive events');
    expect(stage.said[1]).toBe("warn p: bad result line: 'RESULT x'");
    stage.enter('p', 'EXITED');
    stage.raise('p');
    expect(stage.sent('p')).toHaveLength(2);
  });

  test('is one whose listener died over it', () => {
    const stage = new Stage({ p: { ...REMOTE, processes: ['one', 'two'] } });
    stage.raise('one', 'p');
    stage.remote('a');
    stage.raise('two', 'p');
    stage.enter('one', 'EXITED', 'p');
    expect(stage.sent('two')).toEqual(['0 0 REMOTE_COMMUNICATION type:t\na']);
  });

  test('may still be answered by a listener that is stopping', () => {
    const stage = new Stage({ p: REMOTE });
    stage.raise('p');
    stage.remote('a');
    stage.enter('p', 'STOPPING');
    stage.say('p', 'RESULT 2\nOKREADY\n');
    stage.remote('b');
    expect(stage.sent('p')).toHaveLength(1);
    stage.enter('p', 'STOPPED');
    stage.raise('p');
    expect(stage.sent('p')[1]).toBe('1 1 REMOTE_COMMUNICATION type:t\nb');
  });

  test('stays with its pool: another one does not get it a second time', () => {
    const stage = new Stage({ p: REMOTE, q: REMOTE });
    stage.raise('p');
    stage.raise('q');
    stage.remote('a');
    stage.say('q', 'RESULT 2\nOKREADY\n');
    stage.say('p', 'RESULT 4\nFAIL');
    expect(stage.sent('q')).toHaveLength(1);
  });
});

describe('subscribing', () => {
  const DIED = {
    type: 'died',
    process: { group: 'g', name: 'n' },
    death: {
      leader: { pid: 9, startTick: 1 },
      exit: { code: null, signal: 'SIGKILL' },
      lived: 12.4,
      at: 0,
      verdict: { oom: 'certain', cause: 'own-limit', because: 'limit of 5 MB', victim: null, evidence: null },
    },
    reason: 'died',
    expected: false,
  } as const;

  test("to EVENT and PROCESS_STATE gives supervisord's events and none of tsvisor's own", () => {
    const stage = new Stage({ p: { events: ['EVENT', 'PROCESS_STATE'] } });
    const before = stage.dispatcher.wants('PROCESS_STATE_EXITED');
    expect([before, stage.dispatcher.wants('TICK_5'), stage.dispatcher.wants('TSVISOR_OOM_KILLED')]).toEqual([
      true,
      true,
      false,
    ]);
  });

  test('to a type and to its parent gives each event once', () => {
    const stage = new Stage({ p: { events: ['TICK', 'TICK_5'] } });
    stage.raise('p');
    stage.dispatcher.tick(4000);
    stage.dispatcher.tick(5000);
    stage.say('p', 'RESULT 2\nOKREADY\n');
    expect(stage.sent('p')).toEqual(['0 0 TICK_5 when:5']);
  });

  test("to TSVISOR gives what supervisord has no event for, the kernel's kills first", () => {
    const stage = new Stage({ p: { events: ['TSVISOR'] } });
    stage.raise('p');
    stage.dispatcher.announce(DIED);
    stage.say('p', 'RESULT 2\nOKREADY\n');
    expect(stage.sent('p')).toEqual([
      '0 0 TSVISOR_OOM_KILLED processname:n groupname:g pid:9 whom:leader oom:certain cause:own-limit\nlimit of 5 MB',
      '1 1 TSVISOR_DIED processname:n groupname:g pid:9 signal:SIGKILL expected:0 reason:died lived:12',
    ]);
  });

  test('counts serials over all pools, and only events that somebody takes', () => {
    const stage = new Stage({ p: REMOTE, q: { events: ['TICK'] } });
    stage.raise('p');
    stage.raise('q');
    stage.dispatcher.announce({ type: 'mood', mood: 'RUNNING' });
    stage.remote('a');
    stage.dispatcher.tick(0);
    stage.dispatcher.tick(3_600_000);
    expect(stage.sent('q')).toEqual(['1 0 TICK_5 when:3600']);
    expect(stage.sent('p')).toEqual(['0 0 REMOTE_COMMUNICATION type:t\na']);
  });
});

describe('payloads', () => {
  const process = { group: 'g', name: 'n' };
  const change = { type: 'state', process, from: 'STARTING', pid: 4, tries: 2, expected: true } as const;

  test.each([
    ['STARTING', 'processname:n groupname:g from_state:STARTING tries:2'],
    ['BACKOFF', 'processname:n groupname:g from_state:STARTING tries:2'],
    ['RUNNING', 'processname:n groupname:g from_state:STARTING pid:4'],
    ['STOPPING', 'processname:n groupname:g from_state:STARTING pid:4'],
    ['STOPPED', 'processname:n groupname:g from_state:STARTING pid:4'],
    ['EXITED', 'processname:n groupname:g from_state:STARTING expected:1 pid:4'],
    ['FATAL', 'processname:n groupname:g from_state:STARTING'],
    ['UNKNOWN', 'processname:n groupname:g from_state:STARTING'],
  ] as const)('of %s: %s', (to, payload) => {
    const stage = new Stage({ p: { events: [`PROCESS_STATE_${to}`] } });
    stage.dispatcher.announce({ ...change, to });
    stage.dispatcher.listener({ group: 'p', name: 'p' })?.enter('RUNNING');
    stage.say('p', 'READY\n');
    expect(stage.sent('p')).toEqual([`0 0 PROCESS_STATE_${to} ${payload}`]);
  });

  test('of output carry pid and channel, of messages only the pid', () => {
    const stage = new Stage({ p: { events: ['PROCESS_LOG', 'PROCESS_COMMUNICATION'] } });
    stage.raise('p');
    stage.dispatcher.logged({ process, pid: 4, channel: 'stderr', text: 'x\n' });
    stage.dispatcher.communicated({ process, pid: 4, channel: 'stdout', text: 'y' });
    stage.say('p', 'RESULT 2\nOKREADY\n');
    expect(stage.sent('p')).toEqual([
      '0 0 PROCESS_LOG_STDERR processname:n groupname:g pid:4 channel:stderr\nx',
      '1 1 PROCESS_COMMUNICATION_STDOUT processname:n groupname:g pid:4\ny',
    ]);
  });
});
