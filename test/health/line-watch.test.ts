// Is a line heard however it comes, and is what is kept bounded?

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LineWatch } from '../../src/health/line-watch.ts';

const listening = (matches: (line: string) => boolean) => {
  const heard: number[] = [];
  const watch = new LineWatch(matches, () => heard.push(1));
  return { watch, heard };
};

test('a line is heard once, however its bytes are cut', () => {
  const text = Buffer.from('first\nnow ready é\r\nlast\n');
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: text.length }), { maxLength: 6 }), (cuts) => {
      const { watch, heard } = listening((line) => line === 'now ready é');
      const places = [0, ...cuts.toSorted((a, b) => a - b), text.length];
      places.forEach((at, index) =>
        watch.hear('stdout', text.subarray(at, places[index + 1] ?? text.length)),
      );
      expect([heard.length, watch.seen]).toEqual([1, true]);
    }),
  );
});

test('streams are not mixed, and an unfinished line is none', () => {
  const { watch, heard } = listening((line) => line.includes('ready'));
  watch.hear('stdout', Buffer.from('rea'));
  watch.hear('stderr', Buffer.from('dy\n'));
  watch.hear('stderr', Buffer.from('ready'));
  expect(heard).toEqual([]);
  watch.hear('stderr', Buffer.from('\n'));
  expect(heard).toEqual([1]);
});

test('of a long line the beginning is looked at, once', () => {
  const lines: number[] = [];
  const { watch } = listening((line) => lines.push(line.length) < 0);
  for (let turn = 0; turn < 100; turn += 1) watch.hear('stdout', Buffer.alloc(1000, 'a'));
  watch.hear('stdout', Buffer.from('\nshort\n'));
  expect(lines).toEqual([4096, 5]);
});

test('a new life has to say it again', () => {
  const { watch, heard } = listening((line) => line === 'ready');
  watch.follow(1);
  watch.hear('stdout', Buffer.from('ready\nready\n'));
  watch.follow(1);
  expect(watch.seen).toBe(true);
  watch.follow(2);
  expect(watch.seen).toBe(false);
  watch.hear('stdout', Buffer.from('ready\n'));
  expect(heard).toEqual([1, 1]);
});
