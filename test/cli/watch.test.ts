// Does `status --watch` show the same again, survive a supervisor between two lives, and end with its reader?

import { expect, test } from 'vitest';
import type { Terminal } from '../../src/cli/text/terminal.ts';
import { watch } from '../../src/cli/watch.ts';
import { TsvisorError } from '../../src/model/errors.ts';
import { createScreen } from './screen.ts';

/** Ends after so many looks. */
const endsAfter = (looks: number, columns: number | null) => {
  const { terminal, out } = createScreen(columns);
  let seen = 0;
  const show = (paper: Terminal): Promise<number> => {
    seen += 1;
    if (seen === 2) throw new TsvisorError('NOT_RUNNING_HERE', { socket: '/s', reason: 'between two lives' });
    paper.out(`look ${seen}\nof it`);
    return Promise.resolve(3);
  };
  const watched: Terminal = { ...terminal, gone: () => seen === looks };
  return { show, watched, out };
};

test('shows it every second, an error in between, until nobody reads it any more', async () => {
  const { show, watched, out } = endsAfter(3, null);
  expect(await watch(show, watched)).toBe(0);
  expect(out()).toMatch(
    /^look 1\nof it\n\nerror: cannot reach tsvisor at \/s: between two lives\n[^]*\nlook 3\nof it\n/,
  );
});

test('on a terminal writes over what was there, and clears what is left of it', async () => {
  const { show, watched, out } = endsAfter(1, 80);
  await watch(show, watched);
  expect(out()).toBe('\u001B[Hlook 1\u001B[K\nof it\u001B[K\n\u001B[J');
});

test('on a terminal shows no more lines than it has', async () => {
  const { terminal, out } = createScreen(80);
  let seen = 0;
  const show = (paper: Terminal): Promise<number> => {
    seen += 1;
    for (let line = 1; line <= 30; line += 1) paper.out(`line ${line}`);
    return Promise.resolve(0);
  };
  await watch(show, { ...terminal, gone: () => seen === 1 });
  const lines = out().split('\n');
  expect(lines.length).toBe(24);
  expect(lines.slice(21, 23)).toEqual(['line 22\u001B[K', '… 8 more lines: `tsvisor top` scrolls\u001B[K']);
});

test('does not hide a bug', async () => {
  const { watched } = endsAfter(3, null);
  await expect(watch(() => Promise.reject(new Error('a bug')), watched)).rejects.toThrow('a bug');
});
