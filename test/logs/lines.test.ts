// Is every line told with its time and its pid, once and whole?

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '../kernel/manual-clock.ts';
import { Lines } from '../../src/logs/lines.ts';
import { makeMemory } from './sandbox.ts';

const make = (format: 'text' | 'json') => {
  const sink = makeMemory();
  const clock = new ManualClock(0, new Date(2026, 4, 6, 7, 8, 9, 10).getTime());
  const process = { group: 'ci', name: 'web' };
  const lines = new Lines({ sink, format, process, stream: 'stdout', clock });
  lines.follow(77);
  return { sink, clock, lines };
};

describe('log_format', () => {
  test('text puts time, process, stream and pid before each line', () => {
    const { sink, lines } = make('text');
    lines.write(Buffer.from('one\n\ntwo'));
    lines.follow(78);
    lines.write(Buffer.from(' words\n'));
    expect(sink.text()).toBe(
      '2026-05-06 07:08:09,010 web stdout 77 | one\n2026-05-06 07:08:09,010 web stdout 77 | \n2026-05-06 07:08:09,010 web stdout 78 | two words\n',
    );
  });

  test('json makes an object of each line, of bytes that are no text too', () => {
    const { sink, lines, clock } = make('json');
    lines.write(Buffer.from([0x61, 0xff, 0x22, 0x0a]));
    expect(JSON.parse(sink.text())).toEqual({
      time: new Date(clock.wall()).toISOString(),
      group: 'ci',
      process: 'web',
      stream: 'stdout',
      pid: 77,
      line: 'a\u{FFFD}"',
    });
  });

  test('tells the last line of a leader, although it has no end', () => {
    const { sink, lines } = make('text');
    lines.write(Buffer.from('last words'));
    expect(sink.text()).toBe('');
    lines.end();
    expect(sink.text()).toContain('| last words\n');
  });

  test('does not wait for the end of a line that has none', () => {
    const { sink, lines } = make('text');
    for (let piece = 0; piece < 5; piece += 1) lines.write(Buffer.alloc(20_000, 'x'));
    expect(sink.text().length).toBeGreaterThan(65_536);
  });

  test('is the same however the output is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.array(fc.nat(9)), (texts, cuts) => {
        const all = Buffer.from(texts.map((text) => `${text.replaceAll('\n', '')}\n`).join(''));
        const whole = make('json');
        whole.lines.write(all);
        const cut = make('json');
        let at = 0;
        for (const length of [...cuts, all.length]) {
          cut.lines.write(all.subarray(at, at + length));
          at += length;
        }
        expect(cut.sink.text()).toBe(whole.sink.text());
      }),
    );
  });
});
