// What can be ordered from a page, and which of it hurts?

import type { Command } from '../model/command.ts';
import { TsvisorError } from '../model/errors.ts';

export interface OrderRow {
  readonly word: string;
  /** Asked before it is done; null: it hurts nobody. `{name}` stands for the process. */
  readonly sure: string | null;
  readonly command: (name: string, signal: string) => Command;
}

/** Offered by name; any other is the command line's. */
export const SIGNALS = ['HUP', 'USR1', 'USR2', 'INT', 'TERM', 'QUIT', 'CONT', 'STOP', 'KILL'] as const;

const signalOf = (name: string): NodeJS.Signals => {
  const known = SIGNALS.find((signal) => signal === name);
  if (known === undefined) throw new TsvisorError('BAD_SIGNAL', { signal: name });
  return `SIG${known}`;
};

/** The page does not wait: it shows the states that follow. */
export const ORDERS: Readonly<Record<string, OrderRow>> = {
  start: {
    word: 'Start',
    sure: null,
    command: (name) => ({ verb: 'start', names: [name], wait: false }),
  },
  stop: {
    word: 'Stop',
    sure: 'Stop {name} and all its members?',
    command: (name) => ({ verb: 'stop', names: [name], wait: false }),
  },
  restart: {
    word: 'Restart',
    sure: 'Restart {name}? All its members are stopped first.',
    command: (name) => ({ verb: 'restart', names: [name], wait: false }),
  },
  clear: {
    word: 'Clear log',
    sure: 'Empty the logs of {name}? What is in them is lost.',
    command: (name) => ({ verb: 'clear-log', names: [name] }),
  },
  signal: {
    word: 'Signal',
    sure: 'Send {signal} to {name}?',
    command: (name, signal) => ({ verb: 'signal', names: [name], signal: signalOf(signal) }),
  },
};

export interface Wanted {
  readonly act: string;
  readonly row: OrderRow;
  readonly name: string;
  readonly signal: string;
  /** The question has been asked and answered. */
  readonly sure: boolean;
}

/** The button that was pressed is `ACT=NAME`. Null: none that we know. */
export const wantedOf = (fields: URLSearchParams): Wanted | null => {
  for (const [act, row] of Object.entries(ORDERS)) {
    const name = fields.get(act);
    if (name === null || name === '') continue;
    return { act, row, name, signal: fields.get('with') ?? '', sure: fields.get('sure') === '1' };
  }
  return null;
};

export const sureWords = ({ row, name, signal }: Wanted): string =>
  (row.sure ?? '').replace('{name}', () => name).replace('{signal}', () => signal);
