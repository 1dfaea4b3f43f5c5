import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isDead, parseRow } from '../../src/kernel/rows.ts';

const line = (comm: string, state = 'S', threads = 1): string =>
  `42 (${comm}) ${state} 7 42 40 0 -1 4194304 100 0 0 0 0 0 0 0 20 0 ${threads} 0 98765 1000 200 18446744073709551615 1 1 0\n`;

describe('a line of /proc/PID/stat', () => {
  test('gives pid, parent, group, session, threads and start tick', () => {
    expect(parseRow(line('node'))).toEqual({
      pid: 42,
      comm: 'node',
      state: 'S',
      ppid: 7,
      pgid: 42,
      sid: 40,
      threads: 1,
      startTick: 98765,
    });
  });

  test('is not disturbed by any name', () => {
    const name = fc.oneof(fc.string(), fc.constantFrom(') Z 1 1 1 (', '((', '))', ' ', 'a\nb'));
    fc.assert(
      fc.property(name, (comm) => {
        expect(parseRow(line(comm))).toMatchObject({ comm, ppid: 7, startTick: 98765 });
      }),
    );
  });

  test.each(['', '42', '42 (x', '42 (x)', '42 (x) S 1', 'x (y) z'])(
    'that is torn gives nothing: %j',
    (text) => {
      expect(parseRow(text)).toBeNull();
    },
  );
});

describe('a zombie', () => {
  test('is dead when no thread of it runs', () => {
    expect(
      [line('a', 'Z'), line('a', 'X'), line('a', 'S')].map((text) => isDead(parseRow(text) as never)),
    ).toEqual([true, true, false]);
  });

  test('is alive while threads outlive the first one: they still hold ports and locks', () => {
    expect(isDead(parseRow(line('a', 'Z', 3)) as never)).toBe(false);
  });
});
