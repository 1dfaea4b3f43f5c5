// Is a line heard however it comes, and is what is kept bounded?

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Ear } from '../../src/health/ear.ts';

const listening = (matches: (line: string) => boolean) => {
  const heard: number[] = [];
  const ear = new Ear(matches, () => heard.push(1));
  return { ear, heard };
};

test('a line is heard once, however its bytes are cut', () => {
  const text = Buffer.from('first\nnow ready é\r\nlast\n');
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: text.length }), { maxLength: 6 }), (cuts) => {
      const { ear, heard } = listening((line) => line === 'now ready é');
      const places = [0, ...cuts.toSorted((a, b) => a - b), text.length];
      places.forEach((at, index) => ear.hear('stdout', text.subarray(at, places[index + 1] ?? text.length)));
      expect([heard.length, ear.seen]).toEqual([1, true]);
    }),
  );
});

test('streams are not mixed, and an unfinished line is none', () => {
  const { ear, heard } = listening((line) => line.includes('ready'));
  ear.hear('stdout', Buffer.from('rea'));
  ear.hear('stderr', Buffer.from('dy\n'));
  ear.hear('stderr', Buffer.from('ready'));
  expect(heard).toEqual([]);
  ear.hear('stderr', Buffer.from('\n'));
  expect(heard).toEqual([1]);
});

test('of a long line the beginning is looked at, once', () => {
  const lines: number[] = [];
  const { ear } = listening((line) => lines.push(line.length) < 0);
  for (let turn = 0; turn < 100; turn += 1) ear.hear('stdout', Buffer.alloc(1000, 'a'));
  ear.hear('stdout', Buffer.from('\nshort\n'));
  expect(lines).toEqual([4096, 5]);
});

test('a new life has to say it again', () => {
  const { ear, heard } = listening((line) => line === 'ready');
  ear.follow(1);
  ear.hear('stdout', Buffer.from('ready\nready\n'));
  ear.follow(1);
  expect(ear.seen).toBe(true);
  ear.follow(2);
  expect(ear.seen).toBe(false);
  ear.hear('stdout', Buffer.from('ready\n'));
  expect(heard).toEqual([1, 1]);
});
