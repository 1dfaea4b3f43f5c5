// Does CPU time only ever grow, whoever counts it?

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CpuSpent } from '../../src/metrics/spent.ts';

test('goes on where the supervisor before this one was', () => {
  const first = new CpuSpent(null);
  expect(first.total('web', 1.5)).toBe(1.5);
  expect(first.total('web', 2)).toBe(2);
  const second = new CpuSpent(JSON.parse(JSON.stringify(first.kept(10))));
  expect(second.total('web', 0.25)).toBe(2.25);
  expect(second.total('db', 1)).toBe(1);
});

test('goes on when counting begins anew within one life', () => {
  const spent = new CpuSpent(null);
  spent.total('web', 5);
  expect(spent.total('web', 1)).toBe(6);
  expect(spent.total('web', 2)).toBe(7);
});

test('never falls, whatever is seen and however often the supervisor changes', () => {
  const step = fc.record({ seen: fc.integer({ min: 0, max: 500 }), restart: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      let spent = new CpuSpent(null);
      let last = 0;
      for (const { seen, restart } of steps) {
        if (restart) spent = new CpuSpent(spent.kept(10));
        const total = spent.total('web', seen / 100);
        expect(total).toBeGreaterThanOrEqual(last);
        last = total;
      }
    }),
  );
});

test('knows whether more was told than is kept', () => {
  const spent = new CpuSpent(null);
  spent.total('web', 0);
  expect(spent.grown).toBe(false);
  spent.total('web', 1);
  expect(spent.grown).toBe(true);
  spent.kept(10);
  spent.total('web', 1);
  expect(spent.grown).toBe(false);
});

test('keeps no more than it may, and reads nothing strange', () => {
  const spent = new CpuSpent({ a: 1, b: 'much', c: -1, d: 2 });
  expect(spent.kept(10)).toEqual({ a: 1, d: 2 });
  expect(spent.kept(1)).toEqual({ d: 2 });
  expect(new CpuSpent('nonsense').kept(10)).toEqual({});
});
