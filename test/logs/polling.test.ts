// Is a chatty program read by the clock, and everybody else at once?

import { spawn } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '../kernel/manual-clock.ts';
import { Polling } from '../../src/logs/polling.ts';
import { until } from '../until.ts';
import { atEnd, capture, makeFifo, makeFolder, makeMemory } from './sandbox.ts';

/** Polling of a pipe that is played: each look brings what `next` says. */
const play = (next: () => number) => {
  const clock = new ManualClock();
  const seen = { looks: 0, woken: true, widened: [] as number[] };
  const polling = new Polling({
    clock,
    look: () => {
      seen.looks += 1;
      return next();
    },
    wake: (woken) => (seen.woken = woken),
    widen: async (bytes) => {
      seen.widened.push(bytes);
      return true;
    },
  });
  const chatter = (pieces: number, apart = 0.1): void => {
    for (let piece = 0; piece < pieces; piece += 1) {
      clock.advance(apart);
      polling.woken(100);
    }
  };
  return { clock, seen, polling, chatter };
};

describe('a program', () => {
  test('that writes small pieces in quick succession is looked at by the clock', () => {
    const { clock, seen, chatter } = play(() => 2000);
    chatter(20);
    expect(seen.woken).toBe(false);
    clock.advance(100);
    // 1, 2, 4 and then every 8 ms.
    expect(seen.looks).toBeGreaterThan(8);
    expect(seen.looks).toBeLessThan(20);
  });

  test('that writes small pieces now and then, or large ones, is heard at once', () => {
    const slow = play(() => 0);
    slow.chatter(100, 10);
    const large = play(() => 0);
    for (let piece = 0; piece < 100; piece += 1) large.polling.woken(60_000);
    expect([slow.seen.woken, large.seen.woken]).toEqual([true, true]);
    expect(slow.clock.armed + large.clock.armed).toBe(0);
    expect(slow.seen.widened).toEqual([]);
  });

  test('that fills its pipe with large pieces again and again gets a larger one, once', () => {
    const { seen, polling } = play(() => 0);
    const wake = (times: number, bytes: number): void => {
      for (let time = 0; time < times; time += 1) polling.woken(bytes);
    };
    wake(7, 64_000);
    wake(1, 20_000);
    wake(7, 64_000);
    expect(seen.widened).toEqual([]);
    wake(20, 64_000);
    expect([seen.widened, seen.woken]).toEqual([[131_072], true]);
  });

  test('that has fallen silent wakes us again, and costs no timer', () => {
    const { clock, seen, chatter } = play(() => 0);
    chatter(20);
    clock.advance(100);
    expect([seen.woken, seen.looks, clock.armed]).toEqual([true, 3, 0]);
  });

  test('that fills its pipe between two looks gets a larger one, once', () => {
    const { clock, seen, chatter } = play(() => 64_000);
    chatter(20);
    clock.advance(20);
    expect(seen.widened).toEqual([524_288]);
  });

  test('is left alone once its reading is stopped, twice too', () => {
    const { clock, seen, polling, chatter } = play(() => 2000);
    chatter(20);
    polling.stop();
    polling.stop();
    clock.advance(1000);
    expect([seen.looks, seen.woken, clock.armed]).toEqual([0, true, 0]);
  });
});

test('the log of a chatty program has every line, in order, and its last words', async () => {
  const fifo = makeFifo(makeFolder());
  const sink = makeMemory();
  const captured = capture({ fifo, sink });
  const fd = openSync(fifo, constants.O_RDWR);
  const child = spawn(
    '/bin/sh',
    ['-c', 'i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done; echo end'],
    {
      stdio: ['ignore', fd, 'ignore'],
    },
  );
  closeSync(fd);
  atEnd(() => void child.kill('SIGKILL'));
  await until('the last line', () => sink.text().endsWith('end\n'), { within: 30_000 });
  captured.lastWords();
  const wanted = Array.from({ length: 20_000 }, (_, index) => `line ${index}\n`).join('');
  expect(sink.text()).toBe(`${wanted}end\n`);
}, 40_000);
