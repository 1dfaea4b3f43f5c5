import { expect, test } from 'vitest';
import { createClock } from '../../src/kernel/clock.ts';
import { ManualClock } from './manual-clock.ts';

test('the manual clock calls what falls due in order, at its time, and nothing that was disarmed', () => {
  const clock = new ManualClock(0);
  const calls: string[] = [];
  const call = (name: string) => () => calls.push(`${name}@${clock.now()}`);
  clock.after(30, call('c'));
  clock.after(10, call('a'));
  clock.after(10, call('b'));
  const disarm = clock.after(20, call('never'));
  clock.after(10, () => clock.after(5, call('later')));
  disarm();
  clock.advance(29);
  expect(calls).toEqual(['a@10', 'b@10', 'later@15']);
  clock.advance(1);
  expect(calls.at(-1)).toBe('c@30');
  expect(clock.armed).toBe(0);
});

test('the real clock calls back once, not before its time, and not when disarmed', async () => {
  const clock = createClock();
  const began = clock.now();
  const calls: string[] = [];
  clock.after(5, () => calls.push('never'))();
  await new Promise<void>((resolve) => {
    clock.after(20, resolve);
  });
  expect(clock.now() - began).toBeGreaterThanOrEqual(19);
  expect(calls).toEqual([]);
  expect(Math.abs(clock.wall() - Date.now())).toBeLessThan(1000);
});
