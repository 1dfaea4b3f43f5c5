// `tsvisor ctl`: supervisorctl's face, for any server that speaks supervisord's XML-RPC.

import { resolve } from 'node:path';
import type { Invocation, Run } from './commands.ts';
import { ACTION_NAMES, runLine } from './ctl/actions.ts';
import { completeLine } from './ctl/complete.ts';
import { Keyboard } from './ctl/keyboard.ts';
import { CTL_OPTIONS, isMisread, readCtlWords, type CtlWords } from './ctl/options.ts';
import { Session } from './ctl/session.ts';
import { settingsFor, type Settings } from './ctl/settings.ts';
import type { Terminal } from './text/terminal.ts';

const USAGE = 2;

const complainOf = (terminal: Terminal, text: string): number => {
  terminal.err(`Error: ${text}\nFor help, use tsvisor ctl -h`);
  return USAGE;
};

const usage = (): string =>
  [
    'tsvisor ctl -- control programs run by tsvisor or supervisord from the command line, as supervisorctl does.',
    '',
    'Usage: tsvisor ctl [options] [action [arguments]]',
    '',
    'Options:',
    ...CTL_OPTIONS.map(({ short, long, value, meaning }) => {
      const flags = [`-${short}`, ...(long === null ? [] : [`--${long}`])].join('/');
      return `${flags}${value === null ? '' : ` ${value}`} -- ${meaning}`;
    }),
    '',
    `Actions: ${ACTION_NAMES.join(' ')}`,
    'Without an action a shell is started, in which actions are typed; "help" there tells of them.',
    '',
  ].join('\n');

const openSession = async (
  settings: Settings,
  words: CtlWords,
  terminal: Terminal,
): Promise<{ readonly session: Session; readonly shell: boolean }> => {
  const shell = words.action.length === 0;
  const history = shell ? (await import('./ctl/shell.ts')).readHistory(settings.historyFile) : [];
  const keyboard = new Keyboard({
    input: process.stdin,
    output: process.stdout,
    history,
    complete: (line) => completeLine(session, line),
  });
  const interactive = shell || words.given.i !== undefined;
  const session = new Session({ target: settings.target, interactive, terminal, keyboard });
  return { session, shell };
};

const act = async (settings: Settings, words: CtlWords, terminal: Terminal): Promise<number> => {
  const { session, shell } = await openSession(settings, words, terminal);
  try {
    if (shell) return await (await import('./ctl/shell.ts')).runShell(session, settings);
    await runLine(session, words.action.join(' '));
    return session.exit;
  } finally {
    session.keyboard.close();
  }
};

/** What stood before `ctl`. */
const before = ({ config, socket }: Invocation['options']): CtlWords['given'] => ({
  ...(config === undefined ? {} : { c: config }),
  ...(socket === undefined ? {} : { s: `unix://${resolve(socket)}` }),
});

export const run: Run = async ({ words, options, terminal }) => {
  const read = readCtlWords(words);
  if (isMisread(read)) return complainOf(terminal, read.misread);
  if (read.given.h !== undefined || read.given['?'] !== undefined) {
    terminal.out(usage());
    return 0;
  }
  const meant = { ...read, given: { ...before(options), ...read.given } };
  const settings = await settingsFor(meant);
  if ('refused' in settings) return complainOf(terminal, settings.refused);
  for (const warning of settings.warnings) terminal.err(`warning: ${warning}`);
  return act(settings, meant, terminal);
};
