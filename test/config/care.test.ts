// Are the keys that care for memory read as their reference says?

import { describe, expect, test } from 'vitest';
import { limitWatch, onPressure, oomRestart, startWhen } from '../../src/config/care-types.ts';

const MB = 1024 * 1024;

describe('oom_restart', () => {
  test('is read from a line and from a map alike', () => {
    const wanted = { delay: 1, maxDelay: 60, jitter: 0.1, most: 5, window: 600, afterwards: 'keep-trying' };
    expect(oomRestart('delay=1s,max_delay=1m,jitter=10%,max_per_window=5/10m,then=keep-trying')).toEqual(
      wanted,
    );
    const words = ['delay=1', 'max_delay=60s', 'jitter=0.1', 'max_per_window=5', 'then=keep-trying'];
    const map = Object.fromEntries(words.map((word) => word.split('=')));
    expect(oomRestart(map)).toEqual(wanted);
  });

  test('has defaults for what is left out, and none at all for none', () => {
    expect(oomRestart('delay=2s')).toEqual({
      delay: 2,
      maxDelay: 60,
      jitter: 0.1,
      most: null,
      window: 600,
      afterwards: 'stop',
    });
    expect(oomRestart('none')).toBeNull();
  });
});

test('start_when takes either condition', () => {
  expect(startWhen('memory_available=256M')).toEqual({ memoryAvailable: 256 * MB, pressureBelow: null });
  expect(startWhen({ pressure_below: '20%' })).toEqual({ memoryAvailable: null, pressureBelow: 20 });
});

test('memory_limit_watch has a soft and a hard limit', () => {
  expect(limitWatch('soft=40M,hard=50M,by=pss,signal=usr1')).toEqual({
    soft: 40 * MB,
    hard: 50 * MB,
    by: 'pss',
    signal: 'SIGUSR1',
  });
});

test('on_pressure signals, runs a command with commas in it, or restarts', () => {
  expect(onPressure('above=20,for=5s,do=signal:HUP')).toEqual({
    above: 20,
    seconds: 5,
    act: { kind: 'signal', signal: 'SIGHUP' },
  });
  expect(onPressure('above=20,do=run:/bin/echo a,b=c')).toEqual({
    above: 20,
    seconds: 10,
    act: { kind: 'run', command: '/bin/echo a,b=c' },
  });
  expect(onPressure({ above: '5%', for: '1m', do: 'restart' })).toEqual({
    above: 5,
    seconds: 60,
    act: { kind: 'restart' },
  });
});

test.each([
  [oomRestart('delay'), /has no value/],
  [oomRestart('dely=1'), /no setting/],
  [oomRestart('delay=1x'), /not a duration/],
  [oomRestart('delay=2m'), /above max_delay/],
  [oomRestart('then=maybe'), /not known/],
  [oomRestart('max_per_window=x'), /no number/],
  [oomRestart(['delay']), /not a list/],
  [startWhen('pressure_below=200'), /percentage/],
  [limitWatch('by=rss'), /neither soft nor hard/],
  [limitWatch('soft=2M,hard=1M'), /soft is above hard/],
  [limitWatch('soft=2M,signal=NOPE'), /not a signal/],
  [onPressure('above=20'), /has no do/],
  [onPressure('above=20,do=dance'), /not known/],
])('a mistake is refused with its cure: %j', (refusal, words) => {
  expect(refusal).toMatchObject({ refused: expect.stringMatching(words), hint: expect.stringMatching(/./) });
});
