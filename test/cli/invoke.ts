// How does a test run one subcommand against a supervisor that is played on a real socket?

import { COMMANDS, type Invocation } from '../../src/cli/commands.ts';
import type { Command, Reply } from '../../src/model/command.ts';
import { openHouse, STATUS } from '../api/sandbox.ts';
import { createProcess, createScreen } from './screen.ts';

const PROCESSES = [
  createProcess({ group: 'ci', name: 'app-1', pid: 101 }),
  createProcess({ group: 'ci', name: 'app-2', pid: 102 }),
  createProcess({ group: 'web', name: 'web', pid: 103 }),
];

export interface Invoked {
  readonly status: number;
  readonly out: string;
  readonly err: string;
  readonly asked: readonly Command[];
}

export interface Playing {
  /** Undefined: the status of PROCESSES, and nothing for the rest. */
  readonly ask?: (command: Command) => Reply | undefined;
  readonly options?: Invocation['options'];
  readonly columns?: number;
}

/** A throw is what main.ts would print. */
export const invoke = async (
  [name = '', ...words]: readonly string[],
  { ask = () => undefined, options = {}, columns }: Playing = {},
): Promise<Invoked> => {
  const { path, asked } = await openHouse({
    ask: async (command) =>
      ask(command) ?? (command.verb === 'status' ? { ...STATUS, processes: PROCESSES } : []),
  });
  const screen = createScreen(columns ?? null);
  const row = COMMANDS.find((candidate) => candidate.name === name);
  if (row === undefined) throw new Error(`no such subcommand: ${name}`);
  const subcommand = await row.load();
  const { terminal } = screen;
  const status = await subcommand.run({ words, options: { socket: path, ...options }, terminal });
  return { status, out: screen.out(), err: screen.err(), asked };
};
