// Does the log tell who is kept out, without being filled by those who guess?

import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { Operators } from '../../../src/daemon/outside/operators.ts';
import { ManualClock } from '../../kernel/manual-clock.ts';

const watch = () => {
  const lines: string[] = [];
  const clock = new ManualClock();
  const journal = { say: (level: string, text: string) => void lines.push(`${level} ${text}`) };
  const { denied } = new Operators({ journal, guardian: null, clock });
  /** So many wrong passwords at once. */
  const knock = async (times: number, door = '127.0.0.1:9001'): Promise<void> => {
    for (let time = 0; time < times; time += 1) denied({ door, user: 'eve\n', connection: new Socket() });
    await new Promise(setImmediate);
  };
  return { lines, clock, knock };
};

test('wrong passwords are a line in ten seconds, with the number of those between', async () => {
  const { lines, clock, knock } = watch();
  await knock(1000);
  clock.advance(9999);
  await knock(1);
  expect(lines).toEqual(['warn wrong name or password (by user eve? on 127.0.0.1:9001)']);
  clock.advance(1);
  await knock(1);
  expect(lines.slice(1)).toEqual([
    'warn wrong name or password (by user eve? on 127.0.0.1:9001); 1000 more since the last such line',
  ]);
});

test('each door has its own', async () => {
  const { lines, knock } = watch();
  await knock(2);
  await knock(1, '/run/app.sock');
  expect(lines).toEqual([
    'warn wrong name or password (by user eve? on 127.0.0.1:9001)',
    'warn wrong name or password (by user eve? on /run/app.sock)',
  ]);
});
