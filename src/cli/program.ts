// What does any command line order, and what is told to those who write it wrongly or ask for help? Commander's part.

import { Command, CommanderError, Option } from 'commander';
import { COMMANDS, type CommandRow, type Order } from './commands.ts';
import { GLOBAL_OPTIONS, type OptionRow } from './rows.ts';
import type { Terminal } from './text/terminal.ts';

/** Exit status of a command line that cannot be understood, as supervisorctl's. */
const USAGE = 2;

const addOptions = (command: Command, options: readonly OptionRow[]): Command => {
  for (const { flags, meaning } of options) command.addOption(new Option(flags, meaning));
  return command;
};

const describe = ({ name, words, summary, detail, options }: CommandRow): Command => {
  const command = new Command(name).summary(summary).description(`${summary}\n\n${detail}`.trimEnd());
  if (words !== '') command.arguments(words);
  return addOptions(command, options);
};

const createProgram = (terminal: Terminal): Command =>
  addOptions(new Command('tsvisor'), GLOBAL_OPTIONS)
    .description('A process supervisor that knows the OOM killer.')
    .addHelpText('after', '\n`tsvisor --version` (or -V) tells what is in this one.')
    .exitOverride()
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.err(text.trimEnd()),
    });

/** Commander says `wait: true` of a command that has `--no-wait` and is not given it. */
const given = (row: CommandRow, { wait, ...options }: Order['options']): Order['options'] => {
  const isDefault = wait === undefined || (wait && row.options.some(({ flags }) => flags === '--no-wait'));
  return isDefault ? options : { ...options, wait };
};

/** Answers the order, or the exit status after commander has told of help or of a mistake. */
export const readArgv = (argv: readonly string[], terminal: Terminal): Order | number => {
  const program = createProgram(terminal);
  const orders: Order[] = [];
  for (const row of COMMANDS) {
    const command = describe(row).copyInheritedSettings(program);
    command.action(() => {
      orders.push({ row, words: command.args, options: given(row, command.optsWithGlobals()) });
    });
    program.addCommand(command);
  }
  try {
    program.parse(argv, { from: 'user' });
    return orders[0] ?? USAGE;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : USAGE;
  }
};
