// Which signal does a text name? By name with or without SIG, or by number, as supervisord takes them.

import { constants } from 'node:os';
import { strip } from './blanks.ts';
import { pythonInt } from './numbers.ts';

/** `number` only where Node has no name for the signal. */
export interface StopSignal {
  readonly name: NodeJS.Signals;
  readonly number?: number;
}

/** Names that Node lacks. 0 is accepted by supervisord, as SIG_DFL is among the names of its signal module. */
const NAMELESS: Readonly<Record<string, number>> = { RTMIN: 34, RTMAX: 64, CLD: 17, _DFL: 0, _BLOCK: 0 };

/** Second names of a number; Python prints the other one. */
const SECOND_NAMES = new Set(['SIGIOT', 'SIGPOLL', 'SIGUNUSED']);

const isSignalName = (name: string): name is NodeJS.Signals => name in constants.signals;

const NAMES: ReadonlyMap<number, NodeJS.Signals> = new Map(
  Object.entries(constants.signals).flatMap(([name, number]) =>
    isSignalName(name) && !SECOND_NAMES.has(name) ? [[number, name] as const] : [],
  ),
);

const numberOf = (text: string): number | null => {
  const written = pythonInt(text);
  if (written !== null) return written;
  const name = strip(text).toUpperCase().replace(/^SIG/, '');
  const full = `SIG${name}`;
  return isSignalName(full) ? constants.signals[full] : (NAMELESS[name] ?? null);
};

/** The signal, or null. */
export const signalOf = (text: string): StopSignal | null => {
  const number = numberOf(text);
  if (number === null) return null;
  const name = NAMES.get(number);
  if (name !== undefined) return { name };
  return [0, 34, 64].includes(number) ? { name: 'SIGTERM', number } : null;
};
