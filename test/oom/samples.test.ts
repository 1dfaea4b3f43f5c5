// Is there a history of the memory of those that may be killed, and none of those that will not?

import { beforeEach, describe, expect, test } from 'vitest';
import { createSamples, type Samples } from '../../src/oom/samples.ts';

const MB = 1024 * 1024;
const GB = 1024 * MB;

let now: number;
let left: number;
let looks: number;
let samples: Samples;
/** Whether one read tells how much all use together, and how often it was asked. */
let told: boolean;
let asked: number;
let used: Record<string, number | null>;

beforeEach(() => {
  now = 0;
  left = 6 * GB;
  looks = 0;
  told = true;
  asked = 0;
  used = {};
  samples = createSamples({
    headroom: () => {
      looks += 1;
      return { available: left, total: 8 * GB, limitedBy: null };
    },
    together: () => {
      asked += 1;
      return told ? Object.values(used).reduce<number>((sum, one) => sum + (one ?? 0), 0) : null;
    },
    pressure: () => 3,
    now: () => now,
  });
});

const follow = (key: string, limit: number | null): void =>
  samples.follow(key, { limit, memory: () => used[key] ?? null, score: () => 670 });

/** As many seconds, with what happens in each. */
const live = (seconds: number, each: (second: number) => void = () => undefined): void => {
  for (let second = 0; second < seconds; second += 1) {
    now += 1000;
    each(second);
    samples.tick();
  }
};

describe('samples', () => {
  test('tell each second of a process that grows towards its limit, and how the machine stood', () => {
    follow('app', 64 * MB);
    live(5, (second) => (used['app'] = second * 10 * MB));
    now += 200;
    expect(samples.of('app')).toEqual(
      [0, 1, 2, 3, 4].map((second) => ({
        before: 4200 - second * 1000,
        memory: second * 10 * MB,
        score: 670,
        available: 6 * GB,
        pressure: 3,
      })),
    );
  });

  test('are hardly taken while it is calm and far below its limit, and each second from the first growth on', () => {
    follow('app', 640 * MB);
    used['app'] = 10 * MB;
    live(29);
    expect(samples.of('app').length).toBeLessThanOrEqual(4);
    live(10, () => (used['app'] = (used['app'] ?? 0) + 2 * MB));
    used['app'] = 600 * MB;
    live(10);
    expect(samples.of('app').filter(({ memory }) => (memory ?? 0) > 10 * MB)).toHaveLength(20);
  });

  test('notice a growth that is slower than a look', () => {
    follow('app', 640 * MB);
    used['app'] = 10 * MB;
    live(50, (second) => (used['app'] = (10 + second / 10) * MB));
    expect(samples.of('app').length).toBeGreaterThanOrEqual(6);
  });

  test('are taken each fifth second where nothing tells how much all use together', () => {
    told = false;
    follow('app', 640 * MB);
    used['app'] = 10 * MB;
    live(30);
    expect(samples.of('app').length).toBeGreaterThanOrEqual(6);
    expect(samples.of('app').length).toBeLessThanOrEqual(8);
    used['app'] = 600 * MB;
    live(10);
    expect(samples.of('app').filter(({ memory }) => memory === 600 * MB).length).toBeGreaterThanOrEqual(6);
  });

  test('are not taken of a process without a limit while there is memory, and are when it gets short', () => {
    follow('app', null);
    used['app'] = 10 * MB;
    live(20);
    expect(samples.of('app')).toEqual([]);
    expect(asked).toBe(0);
    left = GB;
    live(10, () => (used['app'] = (used['app'] ?? 0) + 10 * MB));
    expect(samples.of('app').length).toBeGreaterThanOrEqual(5);
    expect(looks).toBeLessThanOrEqual(4 + 10);
  });

  test('reach back a minute and are no more than sixty', () => {
    follow('app', MB);
    used['app'] = MB;
    live(200);
    const kept = samples.of('app');
    expect(kept).toHaveLength(60);
    expect(kept[0]?.before).toBe(59_000);
    now += 30_000;
    expect(samples.of('app')).toHaveLength(31);
  });

  test('stay as they are at the death, until the next life begins', () => {
    follow('app', MB);
    used['app'] = MB;
    live(3);
    samples.rest('app');
    used['app'] = 0;
    live(3);
    expect(samples.of('app').map(({ memory }) => memory)).toEqual([MB, MB, MB]);
    follow('app', MB);
    expect(samples.of('app')).toEqual([]);
    samples.forget('app');
    live(1);
    expect(samples.of('app')).toEqual([]);
  });

  test('of what cannot be read say so', () => {
    follow('app', MB);
    live(2);
    expect(samples.of('app').map(({ memory }) => memory)).toEqual([null, null]);
  });
});
