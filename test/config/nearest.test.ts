// Is the known word found that the writer of an unknown one meant?

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { distance, nearest } from '../../src/config/nearest.ts';

describe('the nearest word', () => {
  test('measures how far two words are apart', () => {
    expect(distance('status', 'status')).toBe(0);
    expect(distance('statsu', 'status')).toBe(1);
    expect(distance('', 'abc')).toBe(3);
    expect(distance('kitten', 'sitting')).toBe(3);
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
        expect(distance(a, b)).toBe(distance(b, a));
        expect(distance(a, b)).toBeGreaterThanOrEqual(Math.abs(a.length - b.length));
        expect(distance(a, b) === 0).toBe(a === b);
      }),
    );
  });

  test('finds nothing near where nothing is', () => {
    expect(nearest('x', [])).toBeNull();
    expect(nearest('postgres', ['nginx'])).toBeNull();
  });

  test.each([
    ['comand', 'command'],
    ['AutoStart', 'autostart'],
    ['stop-signal', 'stopsignal'],
    ['numporcs', 'numprocs'],
  ])('for %s is %s', (word, meant) => {
    expect(nearest(word, ['numprocs', 'stopsignal', 'autostart', 'command'])).toBe(meant);
  });
});
