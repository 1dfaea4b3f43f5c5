// Is too much memory, or too long a wait for it, noticed once and not again and again?

import { beforeEach, describe, expect, test } from 'vitest';
import type { MemoryCare } from '../../src/model/memory-care.ts';
import { createCareWatch, type CareNews, type CareWatch } from '../../src/oom/care.ts';
import { PLAIN_CARE } from '../model/process-plan.ts';

let told: CareNews[];
let watch: CareWatch;
let used: number;
let now: number;
let waited: number;

beforeEach(() => {
  told = [];
  [used, now, waited] = [0, 0, 0];
  watch = createCareWatch({
    processes: {
      memory: () => ({ rss: used, anon: 0, swap: 0, pageTables: 0 }),
      pss: () => used / 2,
    },
    now: () => now,
    tell: (_, news) => told.push(news),
  });
});

const follow = (care: Partial<MemoryCare>, members = [1, 2]): void =>
  watch.follow('app', {
    care: { ...PLAIN_CARE, ...care },
    members: () => members,
    waited: () => waited,
  });

const use = (bytes: number): void => {
  used = bytes;
  watch.tick();
};

describe('memory_limit_watch', () => {
  const limits = { soft: 100, hard: 200, by: 'rss', signal: null } as const;

  test('adds up all members', () => {
    follow({ limitWatch: limits });
    use(50);
    expect(told).toEqual([]);
    use(51);
    expect(told).toEqual([{ kind: 'soft', value: 102, limit: 100 }]);
  });

  test('tells the soft limit anew only after it was well below, and the hard one once in a life', () => {
    follow({ limitWatch: limits });
    for (const bytes of [60, 60, 49, 60, 40, 60, 150, 150]) use(bytes);
    expect(told.map(({ kind }) => kind)).toEqual(['soft', 'soft', 'hard']);
    follow({ limitWatch: limits });
    use(150);
    expect(told.map(({ kind }) => kind)).toEqual(['soft', 'soft', 'hard', 'hard']);
  });

  test('counts proportional memory where it is asked to', () => {
    follow({ limitWatch: { ...limits, by: 'pss' } });
    use(100);
    expect(told).toEqual([]);
  });
});

describe('on_pressure', () => {
  const rule = { above: 20, seconds: 3, act: { kind: 'restart' } } as const;
  /** One second in which members waited so many percent of the time. */
  const second = (percent: number): void => {
    now += 1000;
    waited += percent * 10_000;
    watch.tick();
  };

  test('is told when it has been above for long enough, and again after as long once more', () => {
    follow({ onPressure: rule });
    for (const percent of [0, 30, 30, 30]) second(percent);
    expect(told).toEqual([{ kind: 'pressure', value: 30, limit: 20 }]);
    for (const percent of [30, 30]) second(percent);
    expect(told).toHaveLength(1);
    second(30);
    expect(told).toHaveLength(2);
  });

  test('begins anew when it falls below on the way', () => {
    follow({ onPressure: rule });
    for (const percent of [0, 30, 30, 10, 30, 30]) second(percent);
    expect(told).toEqual([]);
  });

  test('is silent where it cannot be read', () => {
    watch.follow('app', {
      care: { ...PLAIN_CARE, onPressure: rule },
      members: () => [],
      waited: () => null,
    });
    for (let tick = 0; tick < 9; tick += 1) second(90);
    expect(told).toEqual([]);
  });
});

test('nobody is looked at after the end of its life', () => {
  follow({ limitWatch: { soft: 1, hard: null, by: 'rss', signal: null } });
  watch.forget('app');
  use(100);
  expect(told).toEqual([]);
});
