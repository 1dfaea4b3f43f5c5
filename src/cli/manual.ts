// How does the table of commands read as man page tsvisor(1)?

import { manual, paragraph, section, subsection, term } from '../config/roff.ts';
import { ERRORS } from '../model/errors.ts';
import { actionRows, ctlOptions } from './reference.ts';
import { GLOBAL_OPTIONS, ROWS, type OptionRow, type Row } from './rows.ts';

/** Unix sockets, locks and files that people meet. */
const FILES = [
  ['tsvisor.yaml, supervisord.conf', 'The config: see tsvisor.yaml(5).'],
  [
    '/run/tsvisor/, $XDG_RUNTIME_DIR/tsvisor/, /tmp/tsvisor-UID/',
    'Folders with one folder for each config: its control socket and its ledger; `runtime_dir` names another.',
  ],
] as const;

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

const optionTerms = (options: readonly OptionRow[]): readonly string[] =>
  options.map(({ flags, meaning }) => term(`\`${flags}\``, `${capital(meaning)}.`));

const commandPart = ({ name, words, summary, detail, options }: Row): string =>
  subsection(
    `tsvisor ${name} ${words}`.trimEnd(),
    paragraph(`${capital(summary)}.`),
    ...detail
      .split('\n')
      .filter((line) => line !== '')
      .map(paragraph),
    ...optionTerms(options),
  );

/** Each status once, with all that ends so. */
const exitTerms = (): readonly string[] => {
  const statuses = new Map<number, string[]>();
  for (const [code, { exit, message }] of Object.entries(ERRORS))
    statuses.set(exit, [...(statuses.get(exit) ?? []), `\`${code}\`: ${message}.`]);
  return [...statuses]
    .filter(([status]) => status !== 0)
    .toSorted(([left], [right]) => left - right)
    .map(([status, messages]) => term(`\`${status}\``, ...messages));
};

const EXITS =
  '0 is success, 2 a wrong command line, 70 a bug. Others, unless a command above says otherwise:';

export const commandsManual = (): string =>
  manual(
    { name: 'tsvisor', chapter: 1 },
    section('NAME', String.raw`tsvisor \- process supervisor that knows the OOM killer`),
    section('SYNOPSIS', String.raw`.B tsvisor`, String.raw`.I command`, String.raw`.RI [ option | word ]...`),
    section(
      'DESCRIPTION',
      paragraph(
        'tsvisor starts programs and restarts them when they die. It replaces supervisord: it reads supervisord config files and answers supervisord clients.',
      ),
      paragraph(
        'A guardian process outlives the supervisor. Whatever ends the supervisor, everything that belonged to it is killed, and seen to be gone, before a new one starts anything.',
      ),
    ),
    section(
      'OPTIONS',
      paragraph('For every command, before or after its name.'),
      ...optionTerms(GLOBAL_OPTIONS),
      term('`-h, --help`', 'Help for a command.'),
      term('`-V, --version`', 'Versions of tsvisor and its parts.'),
    ),
    section('COMMANDS', ...ROWS.map((row) => commandPart(row))),
    section(
      'SUPERVISORCTL',
      paragraph('Options of `tsvisor ctl`:'),
      ...optionTerms(ctlOptions()),
      paragraph('Actions of `tsvisor ctl`:'),
      ...actionRows().map(([written = '', meaning = '']) =>
        term(written, `${capital(meaning).replaceAll('*', '')}.`),
      ),
    ),
    section('EXIT STATUS', paragraph(EXITS), ...exitTerms()),
    section('FILES', ...FILES.map(([path, meaning]) => term(`\`${path}\``, meaning))),
    section('SEE ALSO', String.raw`.BR tsvisor.yaml (5)`),
  );
