// Which signal does an operator mean? `TERM`, `sigterm`, `15`.

import { constants } from 'node:os';
import { TsvisorError } from '../model/errors.ts';

const NAMES = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]));

const isSignal = (name: string): name is NodeJS.Signals => Object.hasOwn(constants.signals, name);

const nameOf = (text: string): string => {
  const upper = text.trim().toUpperCase();
  if (/^\d+$/.test(upper)) return NAMES.get(Number(upper)) ?? '';
  return upper.startsWith('SIG') ? upper : `SIG${upper}`;
};

/** Null when there is no such signal. */
export const signalOf = (text: string): NodeJS.Signals | null => {
  const name = nameOf(text);
  return isSignal(name) ? name : null;
};

/** Refuses with BAD_SIGNAL. */
export const parseSignal = (text: string): NodeJS.Signals => {
  const name = signalOf(text);
  if (name === null) throw new TsvisorError('BAD_SIGNAL', { signal: text });
  return name;
};
