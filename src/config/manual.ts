// How does the table of keys read as man page tsvisor.yaml(5)?

import { defaultOf, sectionRows, valueOf } from './reference.ts';
import type { KeyRow } from './keys.ts';
import { example, manual, paragraph, section, subsection, term } from './roff.ts';
import { SCOPE_WORDS } from './words.ts';

type Table = keyof ReturnType<typeof sectionRows>;

interface Place {
  readonly title: string;
  readonly about: string;
}

const PLACES: Readonly<Record<Table, Place>> = {
  supervisord: {
    title: 'The supervisor',
    about: '`supervisor`, in ini `[supervisord]`. In YAML there is no main log and no pid file unless named.',
  },
  program: {
    title: 'Programs',
    about: '`programs`, by name, in ini `[program:NAME]`; `defaults` holds values for all of them.',
  },
  own: {
    title: 'What tsvisor adds to programs',
    about:
      'In programs, and in groups for every member that does not say otherwise. supervisord passes over them, so that one file serves both.',
  },
  yaml: { title: 'In YAML only', about: 'In programs; `expand_env` in every section.' },
  group: {
    title: 'Groups',
    about: '`groups`, by name, in ini `[group:NAME]`. A program in no group is a group of its own.',
  },
  unix_http_server: {
    title: 'A server on a socket',
    about: '`unix_http_server`, for clients of supervisord.',
  },
  inet_http_server: { title: 'A server on TCP', about: '`inet_http_server`: pages, metrics, API, XML-RPC.' },
  eventlistener: {
    title: 'Event listeners',
    about: '`eventlisteners`, by name, in ini `[eventlistener:NAME]`: all keys of programs, and these.',
  },
  'tsvisor-hook': { title: 'Hooks', about: '`hooks`, by name, in ini `[tsvisor-hook:NAME]`.' },
  'fcgi-program': {
    title: 'FastCGI programs',
    about: '`fcgi_programs`, by name, in ini `[fcgi-program:NAME]`: all keys of programs, and these.',
  },
  include: { title: 'Further files', about: '`include`: a pattern, or a list of them.' },
  supervisorctl: { title: 'The client', about: '`supervisorctl`, which `tsvisor ctl` reads.' },
  rpcinterface: { title: 'XML-RPC', about: '`rpcinterfaces`, in ini `[rpcinterface:NAME]`.' },
  ctlplugin: { title: 'Plugins of the client', about: '`ctlplugins`; none is available.' },
};

const EXAMPLE = `supervisor:
  environment: { LANG: C.UTF-8 }
defaults:
  user: app
programs:
  web:
    command: [node, /srv/app/server.js]
    memory_max: 512M
  worker:
    command: node /srv/app/worker.js
    numprocs: 4
    process_name: '%(program_name)s_%(process_num)02d'
groups:
  app:
    programs: [web, worker]
    oom_score_adj: -500
    on_oom: restart-group`;

const sentence = (text: string): string => (text.endsWith('.') ? text : `${text}.`);

const keyTerm = ([key, row]: readonly [string, KeyRow]): string => {
  const facts = [
    `Value: ${sentence(valueOf(row))}`,
    ...(row.default === null ? [] : [`Default: ${sentence(defaultOf(row))}`]),
    ...(row.scope === 'plain' ? [] : [`Expands as \`${row.scope}\`.`]),
  ];
  return term(`\`${key}\``, row.doc, facts.join(' '));
};

const keyPart = (table: Table, rows: Readonly<Record<string, KeyRow>>): string =>
  subsection(
    PLACES[table].title,
    paragraph(PLACES[table].about),
    ...Object.entries(rows).map((entry) => keyTerm(entry)),
  );

/** The order of PLACES: what most people look for comes first. */
const keyParts = (): readonly string[] => {
  const tables = sectionRows();
  const names = Object.keys(PLACES).filter((name): name is Table => Object.hasOwn(tables, name));
  return names.map((name) => keyPart(name, tables[name]));
};

export const configManual = (): string =>
  manual(
    { name: 'tsvisor.yaml', chapter: 5 },
    section('NAME', String.raw`tsvisor.yaml \- config file of the process supervisor tsvisor`),
    section(
      'DESCRIPTION',
      paragraph(
        'One file lists the programs that tsvisor runs: YAML if its name ends in .yaml or .yml, otherwise an ini file of supervisord. Both have the same keys.',
      ),
      paragraph(
        'Without `-c FILE` tsvisor reads the first of tsvisor.yaml, tsvisor.yml and supervisord.conf that exists in: the etc next to the bin of the program, the directory above that bin, the current directory, its etc, /etc, /etc/supervisor, /etc/tsvisor.',
      ),
      paragraph(
        '`tsvisor check -c FILE` checks a file without starting anything; `tsvisor check --explain KEY` explains a key.',
      ),
    ),
    section('EXAMPLE', example(EXAMPLE)),
    section('KEYS', ...keyParts()),
    section(
      'EXPANSION',
      paragraph(
        'Values may contain `%(name)s`, `%(process_num)02d` and the like, as in Python; write `%%` for a percent sign. Which names a key knows depends on how it expands:',
      ),
      ...Object.entries(SCOPE_WORDS).map(([scope, names]) =>
        term(`\`${scope}\``, `knows ${sentence(names)}`),
      ),
    ),
    section('SEE ALSO', String.raw`.BR tsvisor (1)`),
  );
