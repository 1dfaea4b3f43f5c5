// Which subcommands are there? The one table; the module behind a row is loaded only when that row is asked for.

import type { Terminal } from './terminal.ts';

export interface Invocation {
  /** The words after the subcommand, options taken out. */
  readonly words: readonly string[];
  readonly options: {
    readonly config?: string;
    readonly socket?: string;
    readonly json?: boolean;
    readonly foreground?: boolean;
  };
  readonly terminal: Terminal;
}

/** Answers the exit status. */
export type Run = (invocation: Invocation) => Promise<number>;

export interface OptionRow {
  /** As commander writes it: `-c, --config <file>`; without `<…>` it is a switch. */
  readonly flags: string;
  readonly meaning: string;
}

export interface CommandRow {
  readonly name: string;
  /** As commander writes it: `[names...]` may be absent, `<names...>` may not. */
  readonly words: string;
  readonly summary: string;
  readonly detail: string;
  readonly options: readonly OptionRow[];
  /** Everything behind its name is its own affair, options too. */
  readonly raw?: true;
  readonly load: () => Promise<{ readonly run: Run }>;
}

/** A command line that was understood. */
export interface Order {
  readonly row: CommandRow;
  readonly words: readonly string[];
  readonly options: Invocation['options'];
}

/** Options of every subcommand, before or after its name. */
export const GLOBAL_OPTIONS: readonly OptionRow[] = [
  { flags: '-c, --config <file>', meaning: 'config file (else the first of the usual places)' },
  { flags: '-s, --socket <path>', meaning: 'control socket of the supervisor to ask' },
];

const NAMES = 'Names: `process`, `group:process`, `group:*`, `all`.';

export const COMMANDS: readonly CommandRow[] = [
  {
    name: 'start',
    words: '[names...]',
    summary: 'start the supervisor, or the named processes',
    detail: `Without names: starts the supervisor and returns when it answers.\n${NAMES}`,
    options: [{ flags: '-n, --foreground', meaning: 'stay in the foreground, log to stdout' }],
    load: () => import('./start.ts'),
  },
  {
    name: 'stop',
    words: '[names...]',
    summary: 'stop the named processes, or everything and the supervisor',
    detail: `Without names: stops every process and the supervisor, and returns when all are gone.\n${NAMES}`,
    options: [],
    load: () => import('./stop.ts'),
  },
  {
    name: 'restart',
    words: '[names...]',
    summary: 'restart the named processes, or the supervisor in place',
    detail: `Without names: the supervisor reads its config anew and starts everything again.\n${NAMES}`,
    options: [],
    load: () => import('./restart.ts'),
  },
  {
    name: 'status',
    words: '[names...]',
    summary: 'show processes, their memory, scores and last deaths',
    detail: `${NAMES}\nExit status: 3 when a listed process is STOPPED, EXITED, FATAL or UNKNOWN; 4 for an unknown name or no supervisor.`,
    options: [{ flags: '--json', meaning: 'print everything as JSON' }],
    load: () => import('./status.ts'),
  },
  {
    name: 'pid',
    words: '[names...]',
    summary: "print the supervisor's pid, or those of the named processes",
    detail: `${NAMES}\nExit status: 7 when a named process does not run.`,
    options: [],
    load: () => import('./pid.ts'),
  },
  {
    name: 'signal',
    words: '<signal> <names...>',
    summary: 'send a signal to the named processes',
    detail: `The signal is a name (TERM, HUP) or a number. ${NAMES}`,
    options: [],
    load: () => import('./signal.ts'),
  },
  {
    name: 'shutdown',
    words: '',
    summary: 'stop every process and the supervisor',
    detail: 'The same as `tsvisor stop` without names.',
    options: [],
    load: () => import('./shutdown.ts'),
  },
  {
    name: 'check',
    words: '',
    summary: 'check a config file without starting anything',
    detail: 'Prints every problem with its place. Exit status: 2 when there is one.',
    options: [],
    load: () => import('./check.ts'),
  },
  {
    name: 'ctl',
    words: '[words...]',
    summary: 'supervisorctl as it was: the same actions, texts and exit statuses',
    detail:
      "Takes supervisorctl's options (-c -s -u -p -i -r) and actions; without an action it is a shell. `tsvisor ctl -h` tells more.",
    options: [],
    raw: true,
    load: () => import('./ctl.ts'),
  },
  {
    name: 'version',
    words: '',
    summary: "print tsvisor's version",
    detail: '',
    options: [],
    load: () => import('./version.ts'),
  },
];
