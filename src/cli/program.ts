// What does any command line order, and what is told to those who write it wrongly or ask for help? Commander's part.

import { Command, CommanderError, Option } from 'commander';
import { COMMANDS, type CommandRow, type Order } from './commands.ts';
import { GLOBAL_OPTIONS, type OptionRow } from './rows.ts';
import { complain } from './text/complain.ts';
import type { Terminal } from './text/terminal.ts';

/** Exit status of a command line that cannot be understood, as supervisorctl's. */
const USAGE = 2;

/** Words that supervisorctl has and we do not, and what does the same here. */
const OF_SUPERVISORCTL: Readonly<Record<string, string>> = {
  clear: '`tsvisor ctl clear`',
  fg: '`tsvisor ctl fg`',
  maintail: '`tsvisor logs supervisor`, or `tsvisor ctl maintail`',
  reload: '`tsvisor restart`, or `tsvisor apply` where only what differs is to change',
  tail: '`tsvisor logs`, or `tsvisor ctl tail`',
};

/** supervisord's options: what they are here, by their letter or their long name. */
const KEYS_OF_SUPERVISORD: Readonly<Record<string, string>> = {
  u: 'user',
  m: 'umask',
  d: 'directory',
  l: 'logfile',
  y: 'logfile_maxbytes',
  z: 'logfile_backups',
  e: 'loglevel',
  j: 'pidfile',
  i: 'identifier',
  q: 'childlogdir',
  k: 'nocleanup',
  a: 'minfds',
  t: 'strip_ansi',
};

/** Undefined when supervisord has no such option either. */
const ofSupervisord = (error: string): string | undefined => {
  const { letter = '', name = '' } =
    /^error: unknown option '(?:--(?<name>\w+)|-(?<letter>\w))/.exec(error)?.groups ?? {};
  if (name === 'nodaemon') return '`--foreground`';
  if (name === 'configuration') return '`--config`';
  const keys = [...Object.values(KEYS_OF_SUPERVISORD), 'minprocs', 'silent'];
  const key = Object.hasOwn(KEYS_OF_SUPERVISORD, letter)
    ? KEYS_OF_SUPERVISORD[letter]
    : keys.find((one) => one === name);
  return key === undefined ? undefined : `the key \`${key}\` of [supervisord] in the config`;
};

/** Commander's words in the shape of all our errors: what, and then what to do. */
const complainOfUsage = (terminal: Terminal, text: string, command = ''): void => {
  const [first = ''] = text.split('\n');
  const word = /^error: unknown command '(.*)'/.exec(first)?.[1] ?? '';
  const meant = /Did you mean (?:one of )?(.*)\?/.exec(text)?.[1]?.split(', ');
  const option = command === 'start ' ? ofSupervisord(first) : undefined;
  const own = Object.hasOwn(OF_SUPERVISORCTL, word) ? OF_SUPERVISORCTL[word] : option;
  const help = `\`tsvisor ${command}--help\` tells ${command === '' ? 'the commands' : 'what it takes'}`;
  const near = meant === undefined ? help : `did you mean ${meant.map((one) => `\`${one}\``).join(' or ')}?`;
  complain(terminal, first.replace(/^error: /, ''), own === undefined ? near : `that is ${own}`);
};

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
    .addHelpText('after', '\n`tsvisor --version` (or -V) prints the versions of all parts.')
    .exitOverride()
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.err(text.trimEnd()),
      outputError: (text) => complainOfUsage(terminal, text),
    });

/** Commander says `wait: true` of a command that has `--no-wait` and is not given it. */
const given = (row: CommandRow, { wait, ...options }: Order['options']): Order['options'] => {
  const isDefault = wait === undefined || (wait && row.options.some(({ flags }) => flags === '--no-wait'));
  return isDefault ? options : { ...options, wait };
};

const isCommand = (word: string): boolean => COMMANDS.some(({ name }) => name === word);

/** Help is asked for in three ways, and a command that is not there has none: commander would tell of all others. */
const asked = (argv: readonly string[]): readonly string[] => {
  const [first = '', second = ''] = argv;
  if (first === 'help' && second !== '') return isCommand(second) ? [second, '--help'] : [second];
  return first === '' || first === 'help' || first.startsWith('-') || isCommand(first) ? argv : [first];
};

/** Answers the order, or the exit status after commander has told of help or of a mistake. */
export const readArgv = (argv: readonly string[], terminal: Terminal): Order | number => {
  const program = createProgram(terminal);
  const orders: Order[] = [];
  for (const row of COMMANDS) {
    const command = describe(row).copyInheritedSettings(program);
    command.configureOutput({ outputError: (text) => complainOfUsage(terminal, text, `${row.name} `) });
    command.action(() => {
      orders.push({ row, words: command.args, options: given(row, command.optsWithGlobals()) });
    });
    program.addCommand(command);
  }
  try {
    program.parse(asked(argv), { from: 'user' });
    return orders[0] ?? USAGE;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : USAGE;
  }
};
