// Does the command line know what it writes to?

import { expect, onTestFinished, test } from 'vitest';
import { openTerminal } from '../../../src/cli/text/terminal.ts';

const stdoutIs = (facts: Readonly<Record<string, unknown>>): void => {
  for (const [key, value] of Object.entries(facts)) {
    const before = Object.getOwnPropertyDescriptor(process.stdout, key);
    Object.defineProperty(process.stdout, key, { value, configurable: true });
    onTestFinished(() => {
      if (before === undefined) Reflect.deleteProperty(process.stdout, key);
      else Object.defineProperty(process.stdout, key, before);
    });
  }
};

test('a terminal that does not know its size, as in many a container, has the usual one', () => {
  stdoutIs({ isTTY: true, columns: 0, rows: 0 });
  expect(openTerminal()).toMatchObject({ columns: 80, rows: 24 });
});

test('a terminal has its own size, and what is none has none', () => {
  stdoutIs({ isTTY: true, columns: 132, rows: 50 });
  expect(openTerminal()).toMatchObject({ columns: 132, rows: 50 });
  stdoutIs({ isTTY: false });
  expect(openTerminal()).toMatchObject({ columns: null, rows: null, color: false });
});
