// Which signal does an operator mean? `TERM`, `sigterm`, `15`.

import { constants } from 'node:os';
import { TsvisorError } from '../model/errors.ts';
import type { Signal } from '../model/signals.ts';

const NAMES = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]));

/** Those that supervisord knows and Node has no name for. */
const NAMELESS: ReadonlyMap<string, number> = new Map([
  ['0', 0],
  ['SIGRTMIN', 34],
  ['34', 34],
  ['SIGRTMAX', 64],
  ['64', 64],
]);

/** Second names of a signal that Node has under its first only. */
const SECOND_NAMES: Readonly<Record<string, NodeJS.Signals>> = { SIGCLD: 'SIGCHLD' };

const isSignal = (name: string): name is NodeJS.Signals => Object.hasOwn(constants.signals, name);

const nameOf = (text: string): string => {
  const upper = text.trim().toUpperCase();
  if (/^\d+$/.test(upper)) return NAMES.get(Number(upper)) ?? upper;
  const name = upper.startsWith('SIG') ? upper : `SIG${upper}`;
  return SECOND_NAMES[name] ?? name;
};

/** Null when there is no such signal. */
export const signalOf = (text: string): Signal | null => {
  const name = nameOf(text);
  return isSignal(name) ? name : (NAMELESS.get(name) ?? null);
};

/** Refuses with BAD_SIGNAL. */
export const parseSignal = (text: string): Signal => {
  const signal = signalOf(text);
  if (signal === null) throw new TsvisorError('BAD_SIGNAL', { signal: text });
  return signal;
};
