// Who already runs with this config?

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StatusReply } from '../../model/command.ts';
import { TsvisorError } from '../../model/errors.ts';
import type { Place } from '../place.ts';

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const readHolder = (runtimeDir: string): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(readFileSync(join(runtimeDir, 'holder.json'), 'utf8'));
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
};

/** Of the supervisor that has, or had, this runtime folder; null when no note tells. */
export const pidOf = (runtimeDir: string): number | null => {
  const { pid } = readHolder(runtimeDir);
  return typeof pid === 'number' ? pid : null;
};

/** From its own answer. */
export const runningAlready = ({ supervisor: { pid, socket, config } }: StatusReply): TsvisorError =>
  new TsvisorError('ALREADY_RUNNING', { pid, socket, config });

/** Holds the lock but gives no answer: it is starting, stopping or stuck; its note in the runtime folder tells. */
export const lockHeld = ({ runtimeDir, socket, plan }: Place): TsvisorError => {
  const note = readHolder(runtimeDir);
  const { pid } = note;
  return new TsvisorError('ALREADY_RUNNING', {
    pid: typeof pid === 'number' ? pid : 'unknown: it is starting or stopping',
    socket: typeof note['socket'] === 'string' ? note['socket'] : socket,
    config: typeof note['config'] === 'string' ? note['config'] : plan.file,
  });
};
