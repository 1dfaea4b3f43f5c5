// Does one process live, die and start again as promised?

import { describe, expect, test } from 'vitest';
import type { Process } from '../../src/core/process.ts';
import { UNTOLD } from '../../src/model/readiness.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import { KILLED, OK, Stage, verdict } from './stage.ts';

const launches = (stage: Stage): number => stage.leaders.length;

describe('a start', () => {
  test('becomes RUNNING only after startsecs', async () => {
    const stage = new Stage();
    const process = stage.process({ startsecs: 2 });
    process.feed({ name: 'start', automatic: false });
    await stage.launched();
    stage.clock.advance(1999);
    expect(process.state).toBe('STARTING');
    stage.clock.advance(1);
    expect(process.state).toBe('RUNNING');
    expect(stage.told).toBe('STOPPED>STARTING STARTING>RUNNING');
    expect(stage.clock.armed).toBe(0);
  });

  test('is RUNNING at once with startsecs=0', async () => {
    const stage = new Stage();
    const process = stage.process({ startsecs: 0 });
    process.feed({ name: 'start', automatic: false });
    await stage.launched();
    expect(process.state).toBe('RUNNING');
  });

  test('that fails is tried again after 1, 2, 3 seconds and then given up', async () => {
    const stage = new Stage();
    const process = stage.process({ startretries: 3 });
    process.feed({ name: 'start', automatic: false });
    for (const seconds of [1, 2, 3]) {
      await stage.launchFails();
      expect(process.state).toBe('BACKOFF');
      stage.clock.advance(seconds * 1000 - 1);
      expect(process.state).toBe('BACKOFF');
      stage.clock.advance(1);
      expect(process.state).toBe('STARTING');
    }
    await stage.launchFails();
    expect(process.phase).toMatchObject({ name: 'fatal', error: 'cannot start app: no such file' });
    expect(stage.clock.armed).toBe(0);
  });

  test('that throws is reported, and is one more failed attempt', async () => {
    const stage = new Stage();
    const process = stage.process();
    process.feed({ name: 'start', automatic: false });
    const bug = new Error('EMFILE: too many open files');
    await stage.launchThrows(bug);
    expect(stage.bugs).toEqual([bug]);
    expect(process.phase).toMatchObject({ name: 'backoff', error: `cannot start app: ${bug.message}` });
  });

  test('that a retry cannot mend is given up at once', async () => {
    const stage = new Stage();
    const process = stage.process();
    process.feed({ name: 'start', automatic: false });
    await stage.launchFails('cannot start app: bad', false);
    expect(stage.told).toBe('STOPPED>STARTING STARTING>BACKOFF BACKOFF>FATAL');
  });

  test('whose leader dies before startsecs backs off, whatever its exit code', async () => {
    const stage = new Stage();
    const process = stage.process();
    process.feed({ name: 'start', automatic: false });
    await stage.launched();
    stage.clock.advance(500);
    await stage.dies(OK);
    expect(process.phase).toMatchObject({ name: 'backoff' });
    expect(stage.told).toBe('STOPPED>STARTING STARTING>BACKOFF');
  });
});

describe('a death', () => {
  test('is followed by no launch before the verdict is written and the members are seen gone', async () => {
    const stage = new Stage();
    const process = stage.process();
    await stage.running(process);
    await stage.ends(KILLED);
    expect(process.phase.name).toBe('settling');
    expect(process.state).toBe('STOPPING');
    await stage.judges();
    expect(process.phase.name).toBe('settling');
    await stage.sweptEmpty({ killed: 2 });
    expect(process.phase.name).toBe('launching');
    expect(stage.events.map((event) => event.type)).toEqual([
      'state',
      'launched',
      'state',
      'died',
      'swept',
      'state',
      'state',
    ]);
    expect(stage.told).toBe('STOPPED>STARTING STARTING>RUNNING RUNNING>EXITED EXITED>STARTING');
  });

  test('that cannot be judged is reported, told as unknown, and followed by the next launch', async () => {
    const stage = new Stage();
    const process = stage.process();
    await stage.running(process);
    await stage.ends(KILLED);
    const bug = new Error('no witness');
    await stage.judgeThrows(bug);
    await stage.sweptEmpty();
    expect(stage.bugs).toEqual([bug]);
    expect(process.past.lastDeath?.verdict).toMatchObject({
      oom: 'unknown',
      because: 'the death could not be judged: no witness',
    });
    expect(process.phase.name).toBe('launching');
  });

  test('is swept at once, without grace', async () => {
    const stage = new Stage();
    await stage.running(stage.process());
    await stage.ends(KILLED);
    expect(stage.sweeps).toEqual([{ grace: null }]);
    expect(stage.judged[0]?.orderedBy).toBe(null);
  });

  test('with an expected exit code is not followed by a restart', async () => {
    const stage = new Stage();
    const process = stage.process();
    await stage.running(process);
    await stage.dies(OK);
    expect(process.phase).toMatchObject({ name: 'exited', expected: true });
  });

  test('as expected is followed by a restart at once, however often, and only kept from spinning', async () => {
    const stage = new Stage();
    const process = stage.process({ autorestart: 'always', startsecs: 0 });
    await stage.running(process);
    for (let job = 0; job < 9; job += 1) {
      stage.clock.advance(1000);
      await stage.dies(OK);
      expect(process.phase.name).toBe('launching');
      await stage.launched();
    }
    await stage.dies(OK);
    expect(process.phase.name).toBe('launching');
    for (let spin = 0; spin < 9; spin += 1) {
      await stage.launched();
      await stage.dies(OK);
      expect(process.state).toBe('BACKOFF');
      stage.clock.advance(1000);
      expect(process.phase.name).toBe('launching');
    }
  });

  test('restarts at once the first time, then 1, 2, 4 … seconds later while lives are short', async () => {
    const stage = new Stage();
    const process = stage.process({ restartDelayMax: 5 });
    await stage.running(process);
    await stage.dies(KILLED);
    for (const seconds of [1, 2, 4, 5, 5]) {
      await stage.launched();
      stage.clock.advance(1000);
      await stage.dies(KILLED);
      expect(process.state).toBe('BACKOFF');
      stage.clock.advance(seconds * 1000 - 1);
      expect(process.state).toBe('BACKOFF');
      stage.clock.advance(1);
      expect(process.phase.name).toBe('launching');
    }
    await stage.launched();
    stage.clock.advance(10_000);
    await stage.dies(KILLED);
    expect(process.phase.name).toBe('launching');
    expect(process.history.restarts).toBe(7);
  });

  test('with autorestart=false is final', async () => {
    const stage = new Stage();
    const process = stage.process({ autorestart: 'never' });
    await stage.running(process);
    await stage.dies(KILLED, verdict('certain'));
    expect(process.state).toBe('EXITED');
  });
});

describe('a stop', () => {
  test('signals the leader, then gives survivors the rest of stopwaitsecs', async () => {
    const stage = new Stage();
    const process = stage.process({ stopwaitsecs: 10 });
    await stage.running(process);
    process.feed({ name: 'stop', reason: 'stop' });
    expect(stage.signals).toEqual(['SIGTERM leader 100']);
    stage.clock.advance(4000);
    await stage.ends(OK);
    expect(stage.sweeps).toEqual([{ grace: { signal: 'SIGTERM', ms: 6000 } }]);
    expect(stage.judged[0]?.orderedBy).toBe('operator');
    await stage.judges();
    await stage.sweptEmpty();
    expect(process.state).toBe('STOPPED');
    expect(stage.told).toBe('STOPPED>STARTING STARTING>RUNNING RUNNING>STOPPING STOPPING>STOPPED');
    expect(stage.clock.armed).toBe(0);
  });

  test('sends the number of a signal that has no name', async () => {
    const stage = new Stage();
    const process = stage.process({ stopsignalNumber: 34, stopwaitsecs: 10 });
    await stage.running(process);
    process.feed({ name: 'stop', reason: 'stop' });
    expect(stage.signals).toEqual(['34 leader 100']);
    await stage.ends(OK);
    expect(stage.sweeps).toEqual([{ grace: { signal: 34, ms: 10_000 } }]);
  });

  test('that is not obeyed ends in a sweep at stopwaitsecs', async () => {
    const stage = new Stage();
    const process = stage.process({ stopwaitsecs: 3 });
    await stage.running(process);
    process.feed({ name: 'stop', reason: 'stop' });
    stage.clock.advance(3000);
    expect(stage.signals).toEqual(['SIGTERM leader 100', 'SIGKILL leader 100']);
    expect(stage.sweeps).toEqual([{ grace: null }]);
    await stage.sweptEmpty({ killed: 1 });
    expect(process.state).toBe('STOPPING');
    await stage.ends(KILLED);
    await stage.judges();
    expect(process.state).toBe('STOPPED');
  });

  test('during settling keeps the process from starting again', async () => {
    const stage = new Stage();
    const process = stage.process();
    await stage.running(process);
    await stage.ends(KILLED);
    process.feed({ name: 'stop', reason: 'stop' });
    await stage.judges();
    await stage.sweptEmpty();
    expect(process.state).toBe('STOPPED');
  });

  test('during a launch is carried out when the launch is done', async () => {
    const stage = new Stage();
    const process = stage.process();
    process.feed({ name: 'start', automatic: false });
    process.feed({ name: 'stop', reason: 'stop' });
    await stage.launched();
    expect(process.phase.name).toBe('stopping');
  });

  test('during backoff is immediate', async () => {
    const stage = new Stage();
    const process = stage.process();
    process.feed({ name: 'start', automatic: false });
    await stage.launchFails();
    process.feed({ name: 'stop', reason: 'stop' });
    expect(process.state).toBe('STOPPED');
    expect(stage.clock.armed).toBe(0);
  });

  test('with stopasgroup signals the group', async () => {
    const stage = new Stage();
    const process = stage.process({ stopasgroup: true, killasgroup: true });
    await stage.running(process);
    process.feed({ name: 'stop', reason: 'stop' });
    stage.clock.advance(10_000);
    expect(stage.signals).toEqual(['SIGTERM group 100', 'SIGKILL group 100']);
  });

  test('with survivors=leave sweeps nothing', async () => {
    const stage = new Stage();
    const process = stage.process({ survivors: 'leave' });
    await stage.running(process);
    process.feed({ name: 'stop', reason: 'stop' });
    await stage.ends(OK);
    await stage.judges();
    expect(process.state).toBe('STOPPED');
    expect(stage.sweeps).toEqual([]);
  });
});

describe('a member that cannot be killed', () => {
  test('holds back the next launch until it is gone', async () => {
    const stage = new Stage();
    const process = stage.process();
    await stage.running(process);
    await stage.ends(KILLED);
    await stage.judges();
    await stage.sweptEmpty({ remaining: [{ pid: 7, startTick: 7 }] });
    expect(process.state).toBe('UNKNOWN');
    process.feed({ name: 'start', automatic: false });
    expect(launches(stage)).toBe(1);
    await stage.membersFreed();
    expect(process.phase.name).toBe('launching');
  });

  test('is found before the verdict, and the verdict still counts', async () => {
    const stage = new Stage();
    const process = stage.process();
    await stage.running(process);
    await stage.ends(KILLED);
    await stage.sweptEmpty({ remaining: [{ pid: 7, startTick: 7 }] });
    await stage.judges(verdict('certain'));
    await stage.membersFreed();
    expect(process.past.lastDeath?.verdict?.oom).toBe('certain');
    expect(process.phase.name).toBe('launching');
  });
});

describe('an OOM kill', () => {
  test('with on_oom=stop leaves the process EXITED', async () => {
    const stage = new Stage();
    const process = stage.process({ onOom: 'stop', autorestart: 'always' });
    await stage.running(process);
    await stage.dies(KILLED, verdict('certain'));
    expect(process.state).toBe('EXITED');
  });

  test('with on_oom=restart-group asks for the group', async () => {
    const stage = new Stage();
    const process = stage.process({ onOom: 'restart-group' });
    await stage.running(process);
    await stage.dies(KILLED, verdict('likely'));
    expect(stage.groupRestarts).toEqual(['ci:app']);
  });

  test('of a member condemns the whole process, which is swept and restarted', async () => {
    const stage = new Stage();
    const process = stage.process();
    await stage.running(process);
    process.feed({ name: 'condemn', reason: 'oom-member', verdict: verdict('certain') });
    expect(stage.sweeps).toEqual([{ grace: null }]);
    await stage.sweptEmpty({ killed: 3 });
    await stage.ends(KILLED);
    expect(process.past.lastDeath?.verdict?.oom).toBe('certain');
    expect(stage.judged).toEqual([]);
    expect(process.phase.name).toBe('launching');
    expect(stage.bugs).toEqual([]);
  });
});

describe('a program that hangs', () => {
  const silence: Verdict = { ...verdict(), cause: 'tsvisor', because: 'no WATCHDOG=1 for 30 s' };
  const hang = async (stage: Stage, process: Process): Promise<void> => {
    process.feed({ name: 'condemn', reason: 'watchdog', verdict: silence });
    await stage.sweptEmpty();
    await stage.ends(KILLED);
  };

  test('is swept at once and restarted by its policy, and its last death says why', async () => {
    const stage = new Stage();
    const process = stage.process();
    await stage.running(process);
    await hang(stage, process);
    expect(stage.signals).toEqual(['SIGKILL leader 100']);
    expect(process.past.lastDeath).toMatchObject({ reason: 'watchdog', verdict: silence });
    expect(process.phase.name).toBe('launching');
  });

  test('stays down where nothing is to be restarted', async () => {
    const stage = new Stage();
    const process = stage.process({ autorestart: 'never' });
    await stage.running(process);
    await hang(stage, process);
    expect(process.state).toBe('EXITED');
  });

  test('before it was up backs off with the reason', async () => {
    const stage = new Stage();
    const process = stage.process({ startsecs: 60 });
    process.feed({ name: 'start', automatic: false });
    await stage.launched();
    await hang(stage, process);
    expect(process.phase).toMatchObject({ name: 'backoff', error: silence.because });
  });
});

describe('a program that asks for more time to stop', () => {
  test('gets it, but no more than ten times stopwaitsecs, and never less than it had', async () => {
    const stage = new Stage();
    const process = stage.process({ stopwaitsecs: 10 });
    await stage.running(process);
    process.feed({ name: 'extend', ms: 5000 });
    expect(process.phase.name).toBe('running');
    process.feed({ name: 'stop', reason: 'stop' });
    process.feed({ name: 'extend', ms: 1 });
    stage.clock.advance(9999);
    expect(process.phase.name).toBe('stopping');
    process.feed({ name: 'extend', ms: 1_000_000 });
    stage.clock.advance(90_000);
    expect(process.phase.name).toBe('stopping');
    stage.clock.advance(1);
    expect(process.phase.name).toBe('settling');
    expect(stage.signals.at(-1)).toBe('SIGKILL leader 100');
    expect(stage.clock.armed).toBe(0);
  });
});

describe("an operator's signal", () => {
  test('is named as the cause of the death by it', async () => {
    const stage = new Stage();
    const process = stage.process();
    await stage.running(process);
    process.signal('SIGKILL');
    await stage.ends(KILLED);
    expect(stage.judged[0]?.orderedBy).toBe('operator');
  });
});

describe('readiness', () => {
  test('of a program that says so is no in each life until it does', async () => {
    const stage = new Stage();
    const process = stage.process({ notify: { ready: true, watchdog: null }, autorestart: 'always' });
    await stage.running(process);
    expect(process.readiness).toEqual({ ...UNTOLD, ready: false });
    process.learn({ ready: true });
    await stage.dies(OK);
    await stage.launched();
    expect(process.readiness.ready).toBe(false);
    expect(stage.events.filter(({ type }) => type === 'readiness')).toHaveLength(1);
  });

  test('is told when it changes, and once', async () => {
    const stage = new Stage();
    const process = stage.process();
    await stage.running(process);
    process.learn({ ready: false });
    process.learn({ ready: false });
    process.learn({ ready: true, text: '3 workers' });
    const told = stage.events.flatMap((event) => (event.type === 'readiness' ? [event.readiness] : []));
    expect(told).toEqual([
      { ready: false, health: null, text: null },
      { ready: true, health: null, text: '3 workers' },
    ]);
  });

  test('wakes who waits for it, and is forgotten by the next launch', async () => {
    const stage = new Stage();
    const process = stage.process();
    await stage.running(process);
    const seen = process.until(() => process.readiness.health === 'healthy');
    process.learn({ health: 'healthy' });
    await seen;
    await stage.dies(KILLED, verdict('no'));
    expect(process.phase.name).toBe('launching');
    expect(process.readiness.health).toBe(null);
  });
});
