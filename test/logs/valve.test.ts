// Is what is too much dropped in whole lines, counted and told?

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '../kernel/manual-clock.ts';
import type { Sink } from '../../src/logs/sink.ts';
import { Valve } from '../../src/logs/valve.ts';
import { makeMemory } from './sandbox.ts';

const make = ({
  rateMax = null,
  drops = false,
  sink = makeMemory(),
}: {
  rateMax?: number | null;
  drops?: boolean;
  sink?: Sink;
}) => {
  const clock = new ManualClock();
  const heard: string[] = [];
  const watch = { clock, trouble: (text: string) => void heard.push(text) };
  return { clock, heard, valve: new Valve({ sink, rateMax, drops, whose: 'stdout of web', watch }) };
};

/** A sink that is full when the test says so. */
const makeSlow = () => {
  const memory = makeMemory();
  const waiting: (() => void)[] = [];
  let full = false;
  return {
    failure: null,
    text: memory.text,
    write: (bytes: Uint8Array) => {
      memory.write(bytes);
      return !full;
    },
    ready: (call: () => void) => void waiting.push(call),
    fill: () => (full = true),
    empty: () => {
      full = false;
      for (const call of waiting.splice(0)) call();
    },
  };
};

describe('a limit of bytes per second', () => {
  test('lets through what is allowed, in whole lines, and says what is missing where it is missing', () => {
    const sink = makeMemory();
    const { clock, heard, valve } = make({ rateMax: 10, sink });
    valve.write(Buffer.from('one\ntwo\nthree\nfour\n'));
    expect(sink.text()).toBe('one\ntwo\n');
    clock.advance(1000);
    valve.write(Buffer.from('five\n'));
    const told = 'tsvisor dropped 2 lines (11 bytes) of stdout of web: more than 10 bytes per second';
    expect(sink.text()).toBe(`one\ntwo\n${told}\nfive\n`);
    expect(heard).toEqual([told]);
  });

  test('complains once a minute, however long it lasts', () => {
    const { clock, heard, valve } = make({ rateMax: 10 });
    for (let second = 0; second < 130; second += 1) {
      valve.write(Buffer.from('a line that is too long\n'));
      clock.advance(1000);
    }
    expect(heard).toHaveLength(3);
  });

  test('tells at the end what is not told yet, and leaves no timer', () => {
    const sink = makeMemory();
    const { clock, valve } = make({ rateMax: 4, sink });
    valve.write(Buffer.from('one\ntwo\n'));
    valve.end();
    expect(sink.text()).toContain('dropped 1 lines (4 bytes)');
    expect(clock.armed).toBe(0);
  });

  test('tears no line: each that is there is there whole', () => {
    const line = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 12 }).map((text) => `<${text}>\n`);
    const step = fc.record({ lines: fc.array(line), cut: fc.nat(20), ms: fc.nat(900) });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const sink = makeMemory();
        const { clock, valve } = make({ rateMax: 40, sink });
        let rest = '';
        for (const { lines, cut, ms } of steps) {
          const text = rest + lines.join('');
          // A piece may end within a line, as long as a line is never longer than what is allowed.
          const end = Math.max(0, text.length - cut);
          valve.write(Buffer.from(text.slice(0, end)));
          rest = text.slice(end);
          clock.advance(ms);
        }
        valve.write(Buffer.from(rest));
        valve.end();
        const torn = sink
          .text()
          .split('\n')
          .filter((seen) => seen !== '' && !/^<[ab]*>$/.test(seen) && !seen.startsWith('tsvisor dropped'));
        expect(torn.length).toBeLessThanOrEqual(steps.length);
      }),
    );
  });
});

describe('a slow reader', () => {
  test('makes the program wait, if the plan says block', () => {
    const sink = makeSlow();
    const { valve } = make({ rateMax: 1_000_000, sink });
    sink.fill();
    expect(valve.write(Buffer.from('one\n'))).toBe(false);
    let ready = false;
    valve.ready(() => (ready = true));
    sink.empty();
    expect(ready).toBe(true);
  });

  test('costs lines, if the plan says drop, and they are counted where they are missing', () => {
    const sink = makeSlow();
    const { heard, valve } = make({ drops: true, sink });
    sink.fill();
    expect(['one\n', 'two\n', 'thr'].map((text) => valve.write(Buffer.from(text)))).toEqual([
      true,
      true,
      true,
    ]);
    sink.empty();
    valve.write(Buffer.from('ee\nfour\n'));
    valve.end();
    const told = 'tsvisor dropped 1 lines (7 bytes) of stdout of web: the reader of this log is too slow';
    expect(sink.text()).toBe(
      `one\n${told}\nfour\ntsvisor dropped 1 lines (3 bytes) of stdout of web: the reader of this log is too slow\n`,
    );
    expect(heard).toEqual([told]);
  });
});
