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
  { flags: '-c, --config <file>', meaning: 'config file (default: searched for in the usual places)' },
  { flags: '-s, --socket <path>', meaning: 'control socket of the supervisor' },
];

const NAMES = 'Names: `process`, `group:process`, `group:*`, `all`.';

const NO_WAIT: OptionRow = { flags: '--no-wait', meaning: 'return at once, without waiting for the result' };

export const ROWS = [
  {
    name: 'start',
    words: '[names...]',
    takes: 'processes',
    summary: 'start the supervisor, or the named processes',
    detail: `Without names: starts the supervisor and waits until it answers.\n${NAMES}`,
    options: [{ flags: '-n, --foreground', meaning: 'stay in the foreground, log to stdout' }, NO_WAIT],
  },
  {
    name: 'stop',
    words: '[names...]',
    takes: 'processes',
    summary: 'stop the named processes, or everything and the supervisor',
    detail: `Without names: stops every process and the supervisor, and waits until all are gone.\n${NAMES}`,
    options: [NO_WAIT],
  },
  {
    name: 'restart',
    words: '[names...]',
    takes: 'processes',
    summary: 'restart the named processes, or the supervisor in place',
    detail: `Without names: restarts the supervisor in place with everything in it; the config is read again first.\nWith --rolling: one process after the other, each only once the one before it is healthy (ready, where it has no checks). The first that does not come up ends it, with exit status 7, or 124 after the timeout.\n${NAMES}`,
    options: [
      NO_WAIT,
      { flags: '--rolling', meaning: 'one after the other, so that the others keep serving' },
      { flags: '--timeout <seconds>', meaning: 'with --rolling: wait for each no longer than this (60)' },
    ],
  },
  {
    name: 'status',
    words: '[names...]',
    takes: 'processes',
    summary: 'show processes, their memory, scores and last deaths',
    detail: `${NAMES}\nWith --wait: waits until all (of the named) that start by themselves are up, ready and healthy, or completed.\nExit status: 3 when a listed process is STOPPED, FATAL or UNKNOWN, or EXITED and not a oneshot that succeeded; 4 for an unknown name or no supervisor; with --wait also 7 when a process has failed for good, and 124 after the timeout.`,
    options: [
      JSON_OPTION,
      { flags: '-w, --watch', meaning: 'refresh every second' },
      { flags: '--wait', meaning: 'wait until everything is ready' },
      {
        flags: '--timeout <seconds>',
        meaning: 'give up after this long (30 for an answer; with --wait never)',
      },
    ],
  },
  {
    name: 'top',
    words: '',
    summary: 'show processes live, with keys to start and stop them',
    detail:
      'Sorts, filters, shows members, logs and who would be OOM-killed next. `h` lists the keys. Works on any terminal of 80×24 or more.',
    options: [],
  },
  {
    name: 'logs',
    words: '[names...]',
    takes: 'processes',
    summary: 'show the latest output of processes, and with -f what follows',
    detail:
      'Without names: all processes. `supervisor` is the main log.\n' +
      `Reads the files, so it works without a running supervisor too.\n${NAMES}`,
    options: [
      { flags: '-f, --follow', meaning: 'keep showing what is written' },
      { flags: '-n, --lines <count>', meaning: 'lines of each log to start with (10)' },
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
      `States: \`running\`, \`ready\` (with \`notify\`: reported ready; others: running), \`healthy\` (its health checks pass), \`completed\` (a oneshot that has succeeded), \`exited\` (at rest, whatever the reason). ${NAMES}\n` +
      'Exit status: 7 when the state cannot be reached any more, for example FATAL; 124 after the timeout.',
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
    summary: 'load a changed config and restart only what has to',
    detail:
      'Shows what is added, removed, restarted, or changed without a restart, and because of which keys. A config with a mistake changes nothing.',
    options: [{ flags: '--dry-run', meaning: 'only show it' }, JSON_OPTION],
  },
  {
    name: 'reread',
    words: '',
    summary: 'read the config again and show which groups differ; nothing is changed',
    detail: 'Like supervisorctl reread. `tsvisor apply` or `tsvisor update` makes the changes.',
    options: [],
  },
  {
    name: 'update',
    words: '[groups...]',
    takes: 'groups',
    summary: 'read the config again and add, remove and restart whole groups',
    detail: 'Like supervisorctl update: a group in which anything differs is stopped, replaced and started.',
    options: [],
  },
  {
    name: 'add',
    words: '<groups...>',
    takes: 'groups',
    summary: 'activate groups of the config that was read last',
    detail: '',
    options: [],
  },
  {
    name: 'remove',
    words: '<groups...>',
    takes: 'groups',
    summary: 'remove stopped groups from the active config',
    detail: '',
    options: [],
  },
  {
    name: 'avail',
    words: '',
    summary: 'list the processes of the config that was read last',
    detail:
      'Columns: name, whether it is active, whether it starts by itself, priorities of group and process.',
    options: [],
  },
  {
    name: 'events',
    words: '',
    summary: 'show what happens, as it happens',
    detail:
      'Launches, deaths with their verdicts, sweeps, changes of state: one line each, until it is interrupted or the supervisor is shut down. ' +
      'It continues over restarts of the supervisor.',
    options: [{ flags: '--json', meaning: 'one JSON object per line' }],
  },
  {
    name: 'oom',
    words: '[words...]',
    summary: 'show what the kernel would kill next; `history`: what it has killed; `set`: change scores now',
    detail:
      'All members and the largest other processes, on the machine and under each limit, the next victim first.\n' +
      '`oom history` lists the incidents, each with its file. `oom set web +300` (or `web=-300`) changes oom_score_adj of a running program, and remembers it.',
    options: [
      { flags: '--what-if <scores>', meaning: 'as if these were the scores: `web=+500,db=-300`' },
      { flags: '--limit <limits>', meaning: 'as if these were the memory limits: `web=512M`' },
      JSON_OPTION,
    ],
  },
  {
    name: 'doctor',
    words: '',
    summary: 'check what works on this machine, and what to improve',
    detail:
      'Works without a running supervisor too. Exit status: 0 all fine, 1 there is advice, 2 something is broken.',
    options: [JSON_OPTION],
  },
  {
    name: 'drill',
    words: '<name>',
    takes: 'processes',
    summary: 'cause a real OOM kill on a copy of a program, and show each step with its time',
    detail:
      "A separate, temporary tsvisor runs a command that eats memory, with the program's user, score and policy, under a limit of 48 MB.\n" +
      'Where no memory cgroup can be created, a recorded kill is judged instead. Exit status: 1 when the verdict is not `certain`.',
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
    summary: 'a replacement for supervisorctl: the same actions, texts and exit statuses',
    detail:
      "Takes supervisorctl's options (-c -s -u -p -i -r) and actions; without an action it starts a shell. `tsvisor ctl -h` lists them.",
    options: [],
    raw: true,
  },
  {
    name: 'version',
    words: '',
    summary: "print tsvisor's version, with --verbose also those of its parts",
    detail:
      'Its parts: Node and its C library, the guardian and how it was built, the directory of the package. `tsvisor --version` (`-V`) prints the same as --verbose.',
    options: [
      { flags: '--verbose', meaning: 'its parts too' },
      { flags: '--json', meaning: 'the same as JSON' },
    ],
  },
] as const satisfies readonly Row[];
