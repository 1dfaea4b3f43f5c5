// What runs behind each row of the table of commands? Loaded only when that row is asked for.

import { ROWS, type Row } from './rows.ts';
import type { Terminal } from './text/terminal.ts';

export interface Invocation {
  /** The words after the subcommand, options taken out. */
  readonly words: readonly string[];
  readonly options: {
    readonly config?: string;
    readonly socket?: string;
    readonly json?: boolean;
    readonly foreground?: boolean;
    readonly wait?: boolean;
    readonly watch?: boolean;
    readonly rolling?: boolean;
    readonly follow?: boolean;
    readonly lines?: string;
    readonly stdout?: boolean;
    readonly stderr?: boolean;
    readonly for?: string;
    readonly timeout?: string;
    readonly dryRun?: boolean;
    readonly explain?: string;
    readonly as?: string;
    readonly assumeExists?: boolean;
    readonly keepCommands?: boolean;
    readonly whatIf?: string;
    readonly limit?: string;
    readonly yes?: boolean;
    readonly hostname?: string;
    readonly verbose?: boolean;
    readonly user?: boolean;
    readonly print?: boolean;
    readonly force?: boolean;
    readonly now?: boolean;
    readonly name?: string;
    readonly output?: string;
    readonly image?: string;
  };
  readonly terminal: Terminal;
}

/** Answers the exit status. */
export type Run = (invocation: Invocation) => Promise<number>;

export interface CommandRow extends Row {
  readonly load: () => Promise<{ readonly run: Run }>;
}

/** A command line that was understood. */
export interface Order {
  readonly row: CommandRow;
  readonly words: readonly string[];
  readonly options: Invocation['options'];
}

type Name = (typeof ROWS)[number]['name'];

const LOADERS: Readonly<Record<Name, CommandRow['load']>> = {
  start: () => import('./start.ts'),
  stop: () => import('./stop.ts'),
  restart: () => import('./restart.ts'),
  status: () => import('./status.ts'),
  top: () => import('./top.ts'),
  logs: () => import('./logs.ts'),
  wait: () => import('./wait.ts'),
  pid: () => import('./pid.ts'),
  signal: () => import('./signal.ts'),
  apply: () => import('./apply.ts'),
  reread: () => import('./reread.ts'),
  update: () => import('./update.ts'),
  add: () => import('./add.ts'),
  remove: () => import('./remove.ts'),
  avail: () => import('./avail.ts'),
  events: () => import('./events.ts'),
  oom: () => import('./oom.ts'),
  doctor: () => import('./doctor.ts'),
  drill: () => import('./drill.ts'),
  shutdown: () => import('./shutdown.ts'),
  check: () => import('./check.ts'),
  config: () => import('./config.ts'),
  import: () => import('./import.ts'),
  export: () => import('./export.ts'),
  install: () => import('./install.ts'),
  uninstall: () => import('./uninstall.ts'),
  schema: () => import('./schema.ts'),
  completion: () => import('./completion.ts'),
  ctl: () => import('./ctl.ts'),
  version: () => import('./version.ts'),
};

export const COMMANDS: readonly CommandRow[] = ROWS.map((row) => ({ ...row, load: LOADERS[row.name] }));
