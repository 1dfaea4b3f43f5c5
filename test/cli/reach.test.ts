// Is a supervisor that is slow to answer waited for, with a word to the operator, and one that hangs told as what it is?

import { expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.ts';
import { timeoutWithin } from '../../src/cli/reach.ts';
import { until } from '../until.ts';
import { openHouse, STATUS } from '../api/sandbox.ts';
import { createScreen } from './screen.ts';

const SLOW = /^tsvisor at \S+ has not answered yet: .*; still waiting$/;

const run = async (name: string, socket: string, { terminal }: ReturnType<typeof createScreen>) => {
  const row = COMMANDS.find((candidate) => candidate.name === name);
  return (await row?.load())?.run({ words: [], options: { socket }, terminal });
};

test.each(['status', 'pid'])('%s says once that it waits, and gives the late answer', async (name) => {
  const screen = createScreen();
  const { path } = await openHouse({
    ask: async () => {
      await until('a word that it waits', () => screen.err() !== '');
      return STATUS;
    },
  });
  expect(await run(name, path, screen)).toBe(0);
  expect(screen.err()).toMatch(SLOW);
  expect(screen.out()).toContain(String(STATUS.supervisor.pid));
});

test('doctor looks at the machine and names a supervisor that does not answer as broken', async () => {
  const screen = createScreen();
  const { path } = await openHouse({ ask: () => new Promise(() => undefined) });
  expect(await run('doctor', path, screen)).toBe(2);
  expect(screen.out()).toMatch(/^broken {2}supervisor: it is there and does not answer/);
  expect(screen.out()).toContain('sysctls');
}, 20_000);

test('an answer is waited for no longer than the command is, and long enough for one to come', () => {
  expect([null, 60, 4, 0].map(timeoutWithin)).toEqual([30_000, 30_000, 4000, 1000]);
});
