// Is the order that of the kernel? Its formula on numbers, and against /proc/PID/oom_score of everything that runs here.

import { release } from 'node:os';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLimitLookup, machineTotals, readCandidate } from '../../src/kernel/candidates.ts';
import { createProcesses } from '../../src/kernel/processes.ts';
import type { OomCandidate } from '../../src/model/oom-report.ts';
import { badnessOf, isSince, kernelScoreOf, rank, type RankFacts } from '../../src/oom/rank.ts';

const MB = 1024 * 1024;
const FACTS: RankFacts = { total: 1000 * 4096 * 1000, page: 4096, kernel: '6.1.0' };

const candidate = (
  more: Partial<Omit<OomCandidate, 'score'>> & { readonly adj?: number } = {},
): OomCandidate => {
  const { adj = 0, ...sizes } = more;
  const { anon = 10 * MB, file = 0, shmem = 0 } = sizes;
  return {
    pid: 1,
    parent: 0,
    comm: 'app',
    process: null,
    swap: 0,
    pageTables: 0,
    kernelScore: null,
    anon,
    file,
    shmem,
    rss: anon + file + shmem,
    ...sizes,
    score: { requested: null, effective: adj },
  };
};

const order = (...candidates: readonly OomCandidate[]): readonly number[] =>
  rank(candidates, FACTS).map(({ pid }) => pid);

describe('the rank', () => {
  test('puts the largest first, with swap and page tables counted', () => {
    expect(
      order(
        candidate({ pid: 1, anon: 20 * MB }),
        candidate({ pid: 2, anon: 10 * MB, swap: 12 * MB }),
        candidate({ pid: 3, anon: 10 * MB, pageTables: 11 * MB }),
      ),
    ).toEqual([2, 3, 1]);
  });

  test('goes by what is left when file pages are gone', () => {
    const node = candidate({ pid: 1, comm: 'node', anon: 6 * MB, file: 32 * MB });
    const supervisord = candidate({ pid: 2, comm: 'supervisord', anon: 20 * MB, file: 5 * MB });
    const [first, second] = rank([node, supervisord], FACTS);
    expect([first?.comm, second?.comm]).toEqual(['supervisord', 'node']);
    expect(second?.badness).toBeGreaterThan(first?.badness ?? 0);
    expect(second?.why).toMatch(/6 MB that cannot be dropped.*32 MB of file pages go first/);
  });

  test('counts a point of score as a thousandth of the domain, and -1000 as never', () => {
    expect(
      order(
        candidate({ pid: 1, anon: 420 * MB }),
        candidate({ pid: 2, adj: 100 }),
        candidate({ pid: 3, adj: -1000, anon: 900 * MB }),
      ),
    ).toEqual([1, 2, 3]);
    expect(order(candidate({ pid: 1, anon: 390 * MB }), candidate({ pid: 2, adj: 100 }))).toEqual([2, 1]);
    expect(rank([candidate({ adj: -1000 })], FACTS)[0]).toMatchObject({ badness: null, later: null });
  });

  test('takes the higher pid of equals, as the kernel does', () => {
    expect(order(candidate({ pid: 5 }), candidate({ pid: 9 }), candidate({ pid: 7 }))).toEqual([9, 7, 5]);
  });

  test('never depends on the order in which it is given candidates', () => {
    const some = fc.record({
      pid: fc.nat(99),
      anon: fc.nat(999 * MB),
      file: fc.nat(999 * MB),
      adj: fc.integer({ min: -1000, max: 1000 }),
    });
    fc.assert(
      fc.property(fc.uniqueArray(some, { selector: ({ pid }) => pid, maxLength: 12 }), (all) => {
        const candidates = all.map(candidate);
        expect(order(...candidates)).toEqual(order(...candidates.toReversed()));
      }),
    );
  });
});

test('scores of kernels before and since 5.9 follow their own formulas', () => {
  expect(isSince('5.10.0', 5, 9)).toBe(true);
  expect(kernelScoreOf(0, FACTS)).toBe(666);
  expect(kernelScoreOf(500_000, FACTS)).toBe(1000);
  expect(kernelScoreOf(500_000, { ...FACTS, kernel: '4.19.0' })).toBe(500);
  expect(kernelScoreOf(null, FACTS)).toBe(0);
});

describe('beside the kernel of this machine', () => {
  const facts = (): RankFacts => {
    const { memory, swap, page } = machineTotals();
    return { total: memory + swap, page, kernel: release() };
  };
  /** What can be read of everybody, both sides within microseconds. */
  const everybody = (): readonly OomCandidate[] =>
    createProcesses()
      .all()
      .flatMap(({ pid }) => {
        const read = readCandidate(pid);
        return read === null
          ? []
          : [{ ...read, process: null, score: { requested: null, effective: read.score } }];
      });

  test('computes every oom_score to the point, or one beside it where memory moved or counts are batched', () => {
    const known = facts();
    const all = everybody();
    expect(all.length).toBeGreaterThan(3);
    const far = all.filter((one) => {
      const ours = kernelScoreOf(badnessOf(one, known, 'now'), known);
      return one.kernelScore !== null && Math.abs(ours - one.kernelScore) > 1;
    });
    expect(far.length).toBeLessThanOrEqual(Math.ceil(all.length / 20));
  });

  test('has the kernel’s order wherever the kernel’s own scores tell two apart', () => {
    const known = facts();
    const all = everybody().filter(({ kernelScore }) => kernelScore !== null);
    const now = all.map((one) => ({
      kernel: one.kernelScore ?? 0,
      ours: badnessOf(one, known, 'now') ?? -Infinity,
    }));
    const wrong = now.flatMap((a) => now.filter((b) => a.kernel > b.kernel + 2 && a.ours < b.ours));
    expect(wrong).toEqual([]);
  });

  test('knows its own cgroup’s limits, each below what the machine has or more', () => {
    const limits = createLimitLookup()(process.pid);
    for (const { limit, path } of limits) {
      expect(limit).toBeGreaterThan(0);
      expect(path.startsWith('/')).toBe(true);
    }
  });
});
