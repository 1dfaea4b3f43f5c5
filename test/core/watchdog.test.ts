// Is only silence a hang, and only where somebody was there to hear?

import { describe, expect, test } from 'vitest';
import { Watchdog } from '../../src/core/watchdog.ts';
import { ManualClock } from '../kernel/manual-clock.ts';

const LIMIT = 10_000;

/** A clock that jumps ahead before its next timer rings, as it does for a process that was stopped. */
class SleepyClock extends ManualClock {
  late = 0;
  #slept = 0;
  override now(): number {
    return super.now() + this.#slept;
  }
  override after(ms: number, call: () => void): () => void {
    return super.after(ms, () => {
      this.#slept += this.late;
      this.late = 0;
      call();
    });
  }
}

const watch = (clock = new ManualClock()) => {
  let silences = 0;
  const watchdog = new Watchdog({ clock, limit: LIMIT, silent: () => (silences += 1) });
  return { clock, watchdog, silences: () => silences };
};

describe('a watchdog', () => {
  test('waits for its first food, and then for each further', () => {
    const { clock, watchdog, silences } = watch();
    clock.advance(100_000);
    expect(clock.armed).toBe(0);
    watchdog.feed();
    for (let time = 0; time < 10; time += 1) {
      clock.advance(LIMIT - 1);
      watchdog.feed();
    }
    expect(silences()).toBe(0);
    clock.advance(LIMIT + 99);
    expect(silences()).toBe(0);
    clock.advance(1);
    expect(silences()).toBe(1);
    clock.advance(100_000);
    expect(silences()).toBe(1);
    expect(clock.armed).toBe(0);
  });

  test('hears what was said in time and comes a little late', () => {
    const { clock, watchdog, silences } = watch();
    watchdog.feed();
    clock.advance(LIMIT + 50);
    watchdog.feed();
    clock.advance(LIMIT);
    expect(silences()).toBe(0);
  });

  test('gives more time where it is asked for, within bounds', () => {
    const { clock, watchdog, silences } = watch();
    watchdog.extend(50_000);
    watchdog.feed();
    watchdog.extend(1e12);
    clock.advance(LIMIT * 10 + 99);
    expect(silences()).toBe(0);
    clock.advance(1);
    expect(silences()).toBe(1);
  });

  test('forgives silence in a time in which it slept itself', () => {
    const clock = new SleepyClock();
    const { watchdog, silences } = watch(clock);
    watchdog.feed();
    clock.late = 60_000;
    clock.advance(LIMIT);
    expect(silences()).toBe(0);
    clock.advance(LIMIT);
    expect(silences()).toBe(1);
  });

  test('leaves no timer when it is stopped', () => {
    const { clock, watchdog, silences } = watch();
    watchdog.feed();
    watchdog.stop();
    clock.advance(100_000);
    expect([silences(), clock.armed]).toEqual([0, 0]);
  });
});
