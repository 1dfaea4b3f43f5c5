// Which subcommands are there, with which words and options, and what do they do? The one table, in words only.

import { FILE_ROWS, JSON_OPTION } from './rows-files.ts';

export interface OptionRow {
  /** As commander writes it: `-c, --config <file>`; without `<…>` it is a switch. */
  readonly flags: string;
  readonly meaning: string;
}

export interface Row {
  readonly name: string;
  /** As commander writes it: `[names...]` may be absent, `<names...>` may not. */
  readonly words: string;
  /** What its words are, for those who complete them. */
  readonly takes?: 'processes' | 'groups' | 'shell' | 'manager' | 'target';
  readonly summary: string;
  readonly detail: string;
  readonly options: readonly OptionRow[];
  /** Everything behind its name is its own affair, options too. */
  readonly raw?: true;
}

/** Options of every subcommand, before or after its name. */
export const GLOBAL_OPTIONS: readonly OptionRow[] = [
  { flags: '-c, --config <file>', meaning: 'config file (else the first of the usual places)' },
  { flags: '-s, --socket <path>', meaning: 'control socket of the supervisor to ask' },
];

const NAMES = 'Names: `process`, `group:process`, `group:*`, `all`.';

const NO_WAIT: OptionRow = { flags: '--no-wait', meaning: 'return at once instead of when it is done' };

export const ROWS = [
  {
    name: 'start',
    words: '[names...]',
    takes: 'processes',
    summary: 'start the supervisor, or the named processes',
    detail: `Without names: starts the supervisor and returns when it answers.\n${NAMES}`,
    options: [{ flags: '-n, --foreground', meaning: 'stay in the foreground, log to stdout' }, NO_WAIT],
  },
  {
    name: 'stop',
    words: '[names...]',
    takes: 'processes',
    summary: 'stop the named processes, or everything and the supervisor',
    detail: `Without names: stops every process and the supervisor, and returns when all are gone.\n${NAMES}`,
    options: [NO_WAIT],
  },
  {
    name: 'restart',
    words: '[names...]',
    takes: 'processes',
    summary: 'restart the named processes, or the supervisor in place',
    detail: `Without names: the supervisor reads its config anew and starts everything again.\nWith --rolling: one process after the other, each only once the one before it is ready, healthy where it has checks; the first that does not come up ends it, with 7, or 124 when the time is over.\n${NAMES}`,
    options: [
      NO_WAIT,
      { flags: '--rolling', meaning: 'one after the other, so that the rest serve on' },
      { flags: '--timeout <seconds>', meaning: 'with --rolling: wait for each no longer than this (60)' },
    ],
  },
  {
    name: 'status',
    words: '[names...]',
    takes: 'processes',
    summary: 'show processes, their memory, scores and last deaths',
    detail: `${NAMES}\nWith --wait: until all (of the named) that start by themselves are up, ready and healthy, or have completed.\nExit status: 3 when a listed process is STOPPED, FATAL or UNKNOWN, or EXITED and no oneshot that succeeded; 4 for an unknown name or no supervisor; with --wait also 7 when a process has failed for good, and 124 when the time is over.`,
    options: [
      JSON_OPTION,
      { flags: '-w, --watch', meaning: 'show it again every second' },
      { flags: '--wait', meaning: 'return when everything is ready' },
      {
        flags: '--timeout <seconds>',
        meaning: 'wait no longer than this (30 for an answer; with --wait for ever)',
      },
    ],
  },
  {
    name: 'top',
    words: '',
    summary: 'show processes live, with keys that start and stop them',
    detail:
      'Sorts, filters, shows members, logs and who dies next; `h` tells the keys. Needs a terminal of any kind, 80×24 is enough.',
    options: [],
  },
  {
    name: 'logs',
    words: '[names...]',
    takes: 'processes',
    summary: 'show what processes wrote last, and with -f what they write',
    detail:
      'Without names: of every process. `supervisor` is the log of the supervisor itself.\n' +
      `Reads the files, so that it works also while the supervisor does not.\n${NAMES}`,
    options: [
      { flags: '-f, --follow', meaning: 'go on with what is written from now on' },
      { flags: '-n, --lines <count>', meaning: 'lines of each log to begin with (10)' },
      { flags: '--stdout', meaning: 'only the logs of stdout' },
      { flags: '--stderr', meaning: 'only the logs of stderr' },
    ],
  },
  {
    name: 'wait',
    words: '<names...>',
    takes: 'processes',
    summary: 'wait until the named processes are in a state',
    detail:
      `States: \`running\`, \`ready\` (a program with \`notify\` has said so; others: running), \`healthy\` (its health checks pass), \`completed\` (a oneshot that has succeeded), \`exited\` (at rest, whatever the reason). ${NAMES}\n` +
      'Exit status: 7 when it never will be, FATAL above all; 124 when the time is over.',
    options: [
      { flags: '--for <state>', meaning: 'running, ready, healthy, completed or exited (running)' },
      { flags: '--timeout <seconds>', meaning: 'give up after this long (never)' },
    ],
  },
  {
    name: 'pid',
    words: '[names...]',
    takes: 'processes',
    summary: "print the supervisor's pid, or those of the named processes",
    detail: `${NAMES}\nExit status: 7 when a named process does not run.`,
    options: [],
  },
  {
    name: 'signal',
    words: '<signal> <names...>',
    takes: 'processes',
    summary: 'send a signal to the named processes',
    detail: `The signal is a name (TERM, HUP) or a number. ${NAMES}`,
    options: [],
  },
  {
    name: 'apply',
    words: '',
    summary: 'read the config anew and change only what differs',
    detail:
      'Tells what is added, removed, restarted or changed while it runs, and by which keys. A config with a problem changes nothing.',
    options: [{ flags: '--dry-run', meaning: 'only tell' }, JSON_OPTION],
  },
  {
    name: 'reread',
    words: '',
    summary: 'read the config anew and tell which groups differ; nothing is changed',
    detail: 'As supervisorctl reread. `tsvisor apply` or `tsvisor update` makes it so.',
    options: [],
  },
  {
    name: 'update',
    words: '[groups...]',
    takes: 'groups',
    summary: 'read the config anew and add, remove and restart whole groups',
    detail: 'As supervisorctl update: a group in which anything differs is stopped, replaced and started.',
    options: [],
  },
  {
    name: 'add',
    words: '<groups...>',
    takes: 'groups',
    summary: 'make groups of the config that was read last active',
    detail: '',
    options: [],
  },
  {
    name: 'remove',
    words: '<groups...>',
    takes: 'groups',
    summary: 'take groups that are at rest out of the active config',
    detail: '',
    options: [],
  },
  {
    name: 'avail',
    words: '',
    summary: 'list the processes of the config that was read last',
    detail:
      'Columns: name, whether it is in use, whether it starts by itself, priorities of group and process.',
    options: [],
  },
  {
    name: 'events',
    words: '',
    summary: 'tell what happens, as it happens',
    detail:
      'Launches, deaths with their verdicts, sweeps, changes of state: one line each, until it is interrupted or the supervisor is shut down. ' +
      'It goes on over restarts of the supervisor.',
    options: [{ flags: '--json', meaning: 'one JSON object per line' }],
  },
  {
    name: 'oom',
    words: '[words...]',
    summary: 'show whom the kernel would kill next; `history`: what it killed; `set`: other scores now',
    detail:
      'All members and the biggest strangers, on the machine and under each limit, the next victim first.\n' +
      '`oom history` lists the incidents, each with its file. `oom set web +300` (or `web=-300`) changes oom_score_adj of what runs, and remembers it.',
    options: [
      { flags: '--what-if <scores>', meaning: 'suppose other scores: `web=+500,db=-300`' },
      { flags: '--limit <limits>', meaning: 'suppose memory limits: `web=512M`' },
      JSON_OPTION,
    ],
  },
  {
    name: 'doctor',
    words: '',
    summary: 'look at the ground tsvisor stands on: what holds, and what to do',
    detail: 'Works without a running supervisor too. Exit status: 0 fine, 1 advice, 2 something is broken.',
    options: [JSON_OPTION],
  },
  {
    name: 'drill',
    words: '<name>',
    takes: 'processes',
    summary: 'make an OOM kill for real, on a copy of a program, and show each step with its time',
    detail:
      "A temporary tsvisor of its own runs a command that eats memory with the program's user, score and policy, under a limit of 48 MB.\n" +
      'Where no memory cgroup can be made, a recorded kill is judged instead. Exit status: 1 when the verdict is not `certain`.',
    options: [{ flags: '--yes', meaning: 'also while the program itself runs (it is not touched)' }],
  },
  {
    name: 'shutdown',
    words: '',
    summary: 'stop every process and the supervisor',
    detail: 'The same as `tsvisor stop` without names.',
    options: [],
  },
  ...FILE_ROWS,
  {
    name: 'completion',
    words: '<shell>',
    takes: 'shell',
    summary: 'print the completion script for bash, zsh or fish',
    detail:
      'bash: source <(tsvisor completion bash). zsh: tsvisor completion zsh > a file named _tsvisor in $fpath.\n' +
      'fish: tsvisor completion fish > ~/.config/fish/completions/tsvisor.fish.',
    options: [],
  },
  {
    name: 'ctl',
    words: '[words...]',
    summary: 'supervisorctl as it was: the same actions, texts and exit statuses',
    detail:
      "Takes supervisorctl's options (-c -s -u -p -i -r) and actions; without an action it is a shell. `tsvisor ctl -h` tells more.",
    options: [],
    raw: true,
  },
  {
    name: 'version',
    words: '',
    summary: "print tsvisor's version, or with --verbose what is in it",
    detail:
      'What is in it: Node and its C library, the guardian and how it was built, the folder of the package. `tsvisor --version` (`-V`) says the same.',
    options: [
      { flags: '--verbose', meaning: 'what is in it too' },
      { flags: '--json', meaning: 'the same as JSON' },
    ],
  },
] as const satisfies readonly Row[];
