// argv to subcommand: what commander is told about the table of commands.

import { Command, CommanderError, Option } from 'commander';
import { COMMANDS, type CommandRow, type Invocation } from './commands.ts';
import type { Terminal } from './terminal.ts';

const describe = ({ name, words, summary, detail, options }: CommandRow): Command => {
  const command = new Command(name).summary(summary).description(`${summary}\n\n${detail}`.trimEnd());
  if (words !== '') command.arguments(words);
  for (const { flags, meaning } of options) command.addOption(new Option(flags, meaning));
  return command;
};

/** Exit status of a command line that cannot be understood, as supervisorctl's. */
const USAGE = 2;

const createProgram = (terminal: Terminal): Command =>
  new Command('tsvisor')
    .description('A process supervisor that knows the OOM killer.')
    .option('-c, --config <file>', 'config file (else the search order of the manual)')
    .option('-s, --socket <path>', 'control socket of the supervisor to ask')
    .exitOverride()
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.err(text.trimEnd()),
    });

const optionsOf = (command: Command): Invocation['options'] => command.optsWithGlobals();

/** Answers the exit status; errors of the command line are told by commander. */
export const runProgram = async (argv: readonly string[], terminal: Terminal): Promise<number> => {
  const program = createProgram(terminal);
  let status = 0;
  for (const row of COMMANDS) {
    const command = describe(row).copyInheritedSettings(program);
    command.action(async () => {
      const { run } = await row.load();
      status = await run({ words: command.args, options: optionsOf(command), terminal });
    });
    program.addCommand(command);
  }
  try {
    await program.parseAsync(argv, { from: 'user' });
    return status;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : USAGE;
  }
};
