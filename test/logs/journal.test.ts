// Does the journal say things in supervisord's words and form, to whoever reads it?

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '../kernel/manual-clock.ts';
import { Journal, type Level, stamp } from '../../src/logs/journal.ts';
import { Logs } from '../../src/logs/logs.ts';
import { type Facts, MESSAGES, createEventWriter, exitText, wordsFor } from '../../src/logs/event-lines.ts';
import type { Event } from '../../src/model/event.ts';
import type { Death, Exit, Reason } from '../../src/model/phase.ts';
import type { State } from '../../src/model/state.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import { makeFolder, makeMemory, read } from './sandbox.ts';

const LEVELS: readonly Level[] = ['critical', 'error', 'warn', 'info', 'debug', 'trace', 'blather'];

describe('the journal', () => {
  test('writes supervisord’s form: local time, comma, milliseconds, four letters', () => {
    const at = new Date(2026, 0, 2, 3, 4, 5, 6).getTime();
    expect(stamp(at)).toBe('2026-01-02 03:04:05,006');
    const clock = new ManualClock(0, at);
    const sink = makeMemory();
    const journal = new Journal({ level: 'info', form: 'text', sinks: [sink], clock });
    journal.say('info', 'supervisord started with pid 1');
    journal.say('warn', 'two\nlines');
    expect(sink.text()).toBe(
      '2026-01-02 03:04:05,006 INFO supervisord started with pid 1\n2026-01-02 03:04:05,006 WARN two\nlines\n',
    );
  });

  test.each(LEVELS.map((level, index) => [level, index] as const))(
    'at level %s writes that level and the graver ones',
    (level, index) => {
      const sink = makeMemory();
      const journal = new Journal({ level, form: 'text', sinks: [sink], clock: new ManualClock() });
      for (const one of LEVELS) journal.say(one, one);
      const said = sink.text().trim().split('\n');
      expect(said.map((line) => line.split(' ')[2])).toEqual(
        ['CRIT', 'ERRO', 'WARN', 'INFO', 'DEBG', 'TRAC', 'BLAT'].slice(0, index + 1),
      );
    },
  );

  test('goes to every sink', () => {
    const sinks = [makeMemory(), makeMemory()];
    new Journal({ level: 'info', form: 'text', sinks, clock: new ManualClock() }).say('info', 'both');
    expect(sinks.map((sink) => sink.text().endsWith('INFO both\n'))).toEqual([true, true]);
  });

  test('gives JSON lines with the time they were said at, also those said before pino is there', () => {
    const clock = new ManualClock(0, 0);
    const sink = makeMemory();
    const journal = new Journal({ level: 'debug', form: 'json', sinks: [sink], clock });
    journal.say('warn', 'said "early"', { group: 'ci', name: 'app-1' });
    journal.say('trace', 'not at this level');
    clock.advance(1500);
    expect(sink.text()).toBe('');
    journal.flush();
    journal.say('critical', 'said later');
    const lines = sink.text().trim().split('\n');
    expect(lines.map((line): unknown => JSON.parse(line))).toEqual([
      { level: 'warn', time: '1970-01-01T00:00:00.000Z', group: 'ci', name: 'app-1', msg: 'said "early"' },
      { level: 'critical', time: '1970-01-01T00:00:01.500Z', msg: 'said later' },
    ]);
  });

  test('keeps a bounded number of lines back, and loses none', () => {
    const sink = makeMemory();
    const journal = new Journal({ level: 'info', form: 'json', sinks: [sink], clock: new ManualClock() });
    for (let n = 0; n < 2500; n += 1) journal.say('info', String(n));
    const numbers = sink
      .text()
      .trim()
      .split('\n')
      .map((line) => /"msg":"(\d+)"/.exec(line)?.[1]);
    expect(numbers).toEqual(Array.from({ length: 2500 }, (_, n) => String(n)));
  });

  test('tells on the terminal that its file fails, and in the file what was lost', () => {
    const folder = join(makeFolder(), 'gone');
    const clock = new ManualClock();
    const logs = new Logs(clock);
    const terminal = makeMemory();
    const path = join(folder, 'log');
    const sinks = [terminal, logs.open({ path, maxBytes: 30, backups: 9 })];
    const journal = new Journal({ level: 'info', form: 'text', sinks, clock });
    logs.onTrouble((text) => journal.say('warn', text));
    journal.say('info', 'lost');
    mkdirSync(folder);
    clock.advance(1000);
    journal.say('info', 'kept');
    const said = terminal
      .text()
      .trim()
      .split('\n')
      .map((line) => line.slice(24));
    expect(said).toEqual([
      expect.stringMatching(/^WARN cannot write log /),
      'INFO lost',
      'INFO kept',
      expect.stringMatching(/^WARN log .* is written again: \d+ bytes were lost$/),
    ]);
    expect(
      read(`${path}.1`)
        .trim()
        .split('\n')
        .map((line) => line.slice(24)),
    ).toEqual(said.slice(2));
  });

  test('writes JSON by itself soon after it began', async () => {
    const sink = makeMemory();
    const journal = new Journal({ level: 'info', form: 'json', sinks: [sink], clock: new ManualClock() });
    journal.say('info', 'word');
    await new Promise((done) => setImmediate(() => setImmediate(done)));
    expect(sink.text()).toContain('"msg":"word"');
  });
});

const app = { group: 'ci', name: 'app-1' };
const facts: Facts = { startsecs: () => 1 };
const score = { requested: 0, effective: 0, refusal: null };

const told = (event: Event): string[] => wordsFor(event, facts).map(({ level, text }) => `${level} ${text}`);

const verdict: Verdict = {
  oom: 'certain',
  cause: 'own-limit',
  because: 'killed by the kernel for its own limit of 64 MB',
  victim: null,
  evidence: null,
};

const death = (exit: Exit, lived = 5000, judged: Verdict | null = null): Death => ({
  leader: { pid: 7, startTick: 1 },
  exit,
  lived,
  at: 0,
  verdict: judged,
});

const died = (of: Death, reason: Reason, expected: boolean): Event => ({
  type: 'died',
  process: app,
  death: of,
  reason,
  expected,
});

const changed = (from: State, to: State): Event => ({
  type: 'state',
  process: app,
  from,
  to,
  pid: 7,
  tries: 0,
  expected: false,
});

const code = (number: number): Exit => ({ code: number, signal: null });
const signal = (name: NodeJS.Signals): Exit => ({ code: null, signal: name });

describe('an event in the journal', () => {
  test.each<[string, Event, string[]]>([
    [
      'a launch',
      { type: 'launched', process: app, leader: { pid: 7, startTick: 1 }, score },
      ["info spawned: 'app-1' with pid 7"],
    ],
    [
      'a failed launch',
      { type: 'launch-failed', process: app, error: "can't find command 'x'" },
      ["info spawnerr: can't find command 'x'"],
    ],
    [
      'a success',
      changed('STARTING', 'RUNNING'),
      ['info success: app-1 entered RUNNING state, process has stayed up for > than 1 seconds (startsecs)'],
    ],
    [
      'a resignation',
      changed('BACKOFF', 'FATAL'),
      ['info gave up: app-1 entered FATAL state, too many start retries too quickly'],
    ],
    ['a stop that begins', changed('RUNNING', 'STOPPING'), ['info waiting for app-1 to stop']],
    [
      'an expected exit',
      died(death(code(0)), 'died', true),
      ['info exited: app-1 (exit status 0; expected)'],
    ],
    [
      'another exit',
      died(death(code(3)), 'died', false),
      ['warn exited: app-1 (exit status 3; not expected)'],
    ],
    [
      'an exit too quick to be expected',
      died(death(code(0), 999), 'died', true),
      ['warn exited: app-1 (exit status 0; not expected)'],
    ],
    [
      'a death by signal',
      died(death(signal('SIGSEGV')), 'died', false),
      ['warn exited: app-1 (terminated by SIGSEGV; not expected)'],
    ],
    [
      'an OOM kill',
      died(death(signal('SIGKILL'), 5000, verdict), 'died', false),
      [
        'warn exited: app-1 (terminated by SIGKILL; not expected)',
        'warn oom: app-1 (certain): killed by the kernel for its own limit of 64 MB',
      ],
    ],
    [
      'a death that was not for memory',
      died(death(code(3), 5000, { ...verdict, oom: 'no', because: 'it exited by itself' }), 'died', false),
      [
        'warn exited: app-1 (exit status 3; not expected)',
        'debug oom: app-1 (not memory): it exited by itself',
      ],
    ],
    ['an obeyed stop', died(death(code(0)), 'stop', true), ['info stopped: app-1 (exit status 0)']],
    [
      'a stop by signal',
      died(death(signal('SIGTERM')), 'shutdown', false),
      ['warn stopped: app-1 (terminated by SIGTERM)'],
    ],
    [
      'a SIGKILL',
      { type: 'signalled', process: app, pid: 7, signal: 'SIGKILL' },
      ["warn killing 'app-1' (7) with SIGKILL"],
    ],
    [
      'another signal',
      { type: 'signalled', process: app, pid: 7, signal: 'SIGTERM' },
      ['debug killing app-1 (pid 7) with signal SIGTERM'],
    ],
    [
      'a member killed for memory',
      {
        type: 'member-killed',
        process: app,
        verdict: { ...verdict, because: 'a member was killed by the kernel' },
      },
      ['warn oom: app-1 (certain): a member was killed by the kernel'],
    ],
    [
      'a member of a runtime that gave up',
      {
        type: 'member-killed',
        process: app,
        verdict: { ...verdict, oom: 'no', cause: 'runtime-heap', because: 'its own doing: V8 gave up' },
      },
      ['warn oom: app-1 (its own heap): its own doing: V8 gave up'],
    ],
    [
      'what is done about much memory',
      { type: 'memory-care', process: app, text: 'it uses 500 MB: it is restarted' },
      ['warn memory: app-1: it uses 500 MB: it is restarted'],
    ],
    [
      'a sweep',
      { type: 'swept', process: app, swept: { killed: 3, took: 1.6, remaining: [] } },
      ['info swept: 3 processes that app-1 left behind, in 2 ms'],
    ],
    [
      'a sweep that found nothing',
      { type: 'swept', process: app, swept: { killed: 0, took: 0, remaining: [] } },
      [],
    ],
    [
      'a delay',
      { type: 'delayed', process: app, seconds: 4, why: '3 lives in a row shorter than 10 s' },
      ['info delayed: app-1 is started in 4 s: 3 lives in a row shorter than 10 s'],
    ],
  ])('tells %s', (_, event, lines) => {
    expect(told(event)).toEqual(lines);
  });

  test('names the pids that no SIGKILL ends', () => {
    const swept = { killed: 0, took: 10_000, remaining: [{ pid: 12, startTick: 1 }] };
    expect(told({ type: 'swept', process: app, swept })).toEqual([
      expect.stringMatching(/^error cannot sweep app-1: .*\(pid 12\)$/),
    ]);
    expect(told(changed('STOPPING', 'UNKNOWN'))).toEqual([
      expect.stringMatching(/^error cannot sweep app-1: /),
    ]);
  });

  test('tells a refused score with cause and cure, once for all restarts', () => {
    const said: string[] = [];
    const write = createEventWriter({ say: (level, text) => said.push(`${level} ${text}`) }, facts);
    const refused = { requested: -500, effective: 0, refusal: 'EACCES' };
    for (const pid of [7, 8])
      write({ type: 'launched', process: app, leader: { pid, startTick: 1 }, score: refused });
    expect(said).toEqual([
      'warn cannot set oom_score_adj -500 for app-1: the kernel refused it (EACCES), it runs with 0; a lower one needs CAP_SYS_RESOURCE: run tsvisor with that capability, or ask for a score no lower than what it got',
      "info spawned: 'app-1' with pid 7",
      "info spawned: 'app-1' with pid 8",
    ]);
  });

  test('tells that a process is ready, and its further texts only to those who want to know all', () => {
    const said: string[] = [];
    const write = createEventWriter({ say: (level, text) => said.push(`${level} ${text}`) }, facts);
    const tell = (ready: boolean, text: string | null): void =>
      write({ type: 'readiness', process: app, readiness: { ready, health: null, text } });
    tell(false, '10 %');
    tell(false, '20 %');
    tell(true, null);
    expect(said).toEqual([
      'info app-1: not ready: 10 %',
      'debug app-1: not ready: 20 %',
      'info app-1: ready',
    ]);
  });

  test('knows supervisord’s words about itself', () => {
    expect([
      MESSAGES.started(9).text,
      MESSAGES.exitRequest('SIGTERM').text,
      MESSAGES.restartRequest('SIGHUP').text,
      MESSAGES.waitingToDie(['a', 'b']).text,
      exitText({ code: null, signal: null }),
    ]).toEqual([
      'supervisord started with pid 9',
      'received SIGTERM indicating exit request',
      'received SIGHUP indicating restart request',
      'waiting for a, b to die',
      'exit status unknown',
    ]);
  });
});
