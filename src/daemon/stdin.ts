// How does what a client sends reach the stdin of a program? Through its named pipe, in the order in which it was sent.

import { closeSync, constants, openSync, writeSync } from 'node:fs';
import type { Command, Outcome } from '../model/command.ts';
import { TsvisorError } from '../model/errors.ts';
import type { House } from './boot.ts';
import { processNamed } from './logs-access.ts';

/** Milliseconds between two attempts on a full pipe, and how long a program may read nothing at all. */
const PAUSE = 10;
const PATIENCE = 5000;

interface Letter {
  readonly path: string;
  readonly name: string;
  readonly bytes: Uint8Array;
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';

/** ENXIO: nobody has the pipe open. */
const CLOSED = new Set(['ENXIO', 'ENOENT', 'EPIPE']);

const refuseClosed = (error: unknown, name: string): never => {
  if (CLOSED.has(codeOf(error))) throw new TsvisorError('STDIN_CLOSED', { name });
  throw error;
};

const openPipe = ({ path, name }: Letter): number => {
  try {
    return openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch (error) {
    return refuseClosed(error, name);
  }
};

/** Bytes taken; 0 when the pipe is full. */
const offer = (fd: number, bytes: Uint8Array, name: string): number => {
  try {
    return writeSync(fd, bytes);
  } catch (error) {
    return codeOf(error) === 'EAGAIN' ? 0 : refuseClosed(error, name);
  }
};

const deliver = async (letter: Letter, pause: () => Promise<void>): Promise<void> => {
  const fd = openPipe(letter);
  try {
    let rest = letter.bytes;
    for (let waited = 0; rest.length > 0;) {
      const taken = offer(fd, rest, letter.name);
      rest = rest.subarray(taken);
      waited = taken > 0 ? 0 : waited + PAUSE;
      if (waited > PATIENCE) throw new TsvisorError('STDIN_FULL', { name: letter.name, bytes: rest.length });
      if (taken === 0) await pause();
    }
  } finally {
    closeSync(fd);
  }
};

/** By path of the pipe: the delivery before. */
const queues = new Map<string, Promise<void>>();

const inTurn = async (letter: Letter, pause: () => Promise<void>): Promise<void> => {
  const before = queues.get(letter.path) ?? Promise.resolve();
  const delivery = before.then(() => deliver(letter, pause));
  const settled = delivery.catch(() => undefined);
  queues.set(letter.path, settled);
  await delivery.finally(() => {
    if (queues.get(letter.path) === settled) queues.delete(letter.path);
  });
};

/** Refuses with BAD_NAME, NOT_RUNNING, STDIN_CLOSED or STDIN_FULL. */
export const sendStdin = async (
  house: House,
  { name, bytes }: Extract<Command, { verb: 'send-stdin' }>,
): Promise<readonly Outcome[]> => {
  const { phase, plan, namespec } = processNamed(house, name);
  if (phase.name !== 'starting' && phase.name !== 'running')
    throw new TsvisorError('NOT_RUNNING', { name: namespec });
  const { stdin } = house.hands.berth(plan).streams;
  if (stdin.kind !== 'pipe') throw new TsvisorError('STDIN_CLOSED', { name: namespec });
  const { clock } = house.ground.linux;
  const pause = (): Promise<void> => new Promise((resolve) => void clock.after(PAUSE, resolve));
  await inTurn({ path: stdin.path, name: namespec, bytes }, pause);
  return [];
};
