// What became of each named process, in words and as an exit status?

import type { Client } from '../../api/client.ts';
import type { Outcome } from '../../model/command.ts';
import { ERRORS, TsvisorError, type ErrorCode } from '../../model/errors.ts';
import { namespec } from '../../model/name.ts';
import { complain } from './complain.ts';
import { unknownName } from '../names.ts';
import type { Terminal } from './terminal.ts';

export interface Told {
  readonly client: Client;
  readonly terminal: Terminal;
  /** Exit statuses of this subcommand that differ from the registry's. */
  readonly exits: Readonly<Partial<Record<ErrorCode, number>>>;
}

const isUnknown = ({ code }: Outcome): boolean => code === 'BAD_NAME' || code === 'BAD_GROUP';

/** The supervisor names a refused word in the name's place. */
const complainOfUnknown = async (unknown: readonly Outcome[], { client, terminal }: Told): Promise<void> => {
  const { processes } = await client.status();
  for (const { process, code } of unknown) {
    const { error, hint } = unknownName(
      code === 'BAD_GROUP' ? `${process.group}:*` : process.name,
      processes,
    );
    complain(terminal, error.message, hint);
  }
};

const hintOf = (code: ErrorCode | null, name: string, facts: Outcome['facts']): string =>
  code === null ? '' : new TsvisorError(code, { name, ...facts }).hint;

const tellOne = ({ process, ok, code, message, facts }: Outcome, { terminal, exits }: Told): number => {
  const name = namespec(process);
  if (ok) {
    terminal.out(`${name}: ${message}`);
    return 0;
  }
  const exit = code === null ? 1 : (exits[code] ?? ERRORS[code].exit);
  // What is already as wanted is said, but is no failure.
  if (exit === 0) terminal.out(message);
  else complain(terminal, message, hintOf(code, name, facts));
  return exit;
};

/** Answers the exit status: that of the last failure, as supervisorctl does. */
export const tellOutcomes = async (outcomes: readonly Outcome[], told: Told): Promise<number> => {
  const unknown = outcomes.filter(isUnknown);
  const exits = [
    ...unknown.map(({ code }) => (code === null ? 1 : (told.exits[code] ?? ERRORS[code].exit))),
    ...outcomes.filter((outcome) => !isUnknown(outcome)).map((outcome) => tellOne(outcome, told)),
  ];
  if (unknown.length > 0) await complainOfUnknown(unknown, told);
  return exits.findLast((exit) => exit !== 0) ?? 0;
};
