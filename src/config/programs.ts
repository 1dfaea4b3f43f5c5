// Which processes does a program-like section stand for, and what is each of them like?

import type { LoggingPlan, LogTarget, ProcessPlan } from '../model/plan.ts';
import { byCodePoint, strip } from './blanks.ts';
import type { Section } from './draft.ts';
import type { Names } from './expand.ts';
import { PROGRAM_KEYS } from './keys.ts';
import { resolve } from 'node:path';
import { refuse } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import { readerOf } from './section.ts';
import type { SectionReader, Work } from './section.ts';

/** Processes of one section at most; supervisord would try any number. */
const MAX_NUMPROCS = 10_000;

type ProgramReader = SectionReader<typeof PROGRAM_KEYS>;

export interface Membership {
  readonly group: string;
  readonly kind: ProcessPlan['kind'];
  /** Absolute folder that relative logs are relative to. */
  readonly cwd: string;
}

/** The trimmed name, or why it cannot be one: names travel in events and URLs. */
export const nameOf = (text: string): string | Refusal => {
  const name = strip(text);
  const bad = [' ', ':', '/'].find((character) => name.includes(character));
  return bad === undefined
    ? name
    : refuse(`the name '${name}' has a '${bad}' in it`, 'names go without blanks, colons and slashes');
};

/** What follows the first colon of a section's name. */
export const suffixOf = (section: Section): string => section.name.slice(section.name.indexOf(':') + 1);

interface Streams {
  readonly stdout: LogTarget;
  readonly stderr: LogTarget;
  readonly stdoutSyslog: boolean;
  readonly stderrSyslog: boolean;
}

const AUTO_WITHOUT_END = (section: string, key: string): string =>
  `For [${section}], AUTO logging used for ${key} without rollover, set maxbytes > 0 to avoid filling up filesystem unintentionally`;
const SYSLOG_AS_FILE = (section: string, stream: string): string =>
  `For [${section}], ${stream}_logfile=syslog but this is deprecated and will be removed.  Use ${stream}_syslog=true to enable syslog instead.`;
const STDERR_IGNORED = (section: string): string =>
  `For [${section}], redirect_stderr=true but stderr_logfile has also been set to a filename, the filename has been ignored`;

const fileTarget = (path: string, sizes: { maxBytes: number; backups: number }, cwd: string): LogTarget => {
  if (path === '') return { kind: 'none', ...sizes, written: '' };
  const absolute = resolve(cwd, path);
  return { kind: 'file', path: absolute, ...sizes, ...(absolute === path ? {} : { written: path }) };
};

const streamOf = (
  reader: ProgramReader,
  stream: 'stdout' | 'stderr',
  at: { readonly names: Names; readonly cwd: string; readonly twice: boolean },
): { readonly target: LogTarget; readonly syslog: boolean } => {
  const key = `${stream}_logfile` as const;
  // supervisord expands the names of log files twice, so that a percent sign must be written %%%%.
  const file = reader.read(key, at.names, ...(at.twice ? [at.names] : []));
  const sizes = {
    maxBytes: reader.read(`${stream}_logfile_maxbytes`, at.names),
    backups: reader.read(`${stream}_logfile_backups`, at.names),
  };
  const syslog = reader.read(`${stream}_syslog`, at.names);
  if (file.kind === 'syslog') {
    reader.quote(key, SYSLOG_AS_FILE(reader.section.name, stream));
    return { target: { kind: 'none', ...sizes }, syslog: true };
  }
  if (file.kind === 'file') return { target: fileTarget(file.path, sizes, at.cwd), syslog };
  if (file.kind === 'auto' && sizes.maxBytes === 0)
    reader.quote(key, AUTO_WITHOUT_END(reader.section.name, key));
  return { target: { kind: file.kind, ...sizes }, syslog };
};

const streamsOf = (
  reader: ProgramReader,
  names: Names,
  more: { cwd: string; redirect: boolean; twice: boolean },
): Streams => {
  const out = streamOf(reader, 'stdout', { names, ...more });
  const err = streamOf(reader, 'stderr', { names, ...more });
  const named =
    err.target.kind === 'file' || (err.target.kind === 'none' && err.target.written !== undefined);
  if (more.redirect && named) reader.quote('stderr_logfile', STDERR_IGNORED(reader.section.name));
  const { maxBytes = 0, backups = 0 } = err.target;
  return {
    stdout: out.target,
    stderr: more.redirect ? { kind: 'none', maxBytes, backups } : err.target,
    stdoutSyslog: out.syslog,
    stderrSyslog: err.syslog,
  };
};

type Shared = Omit<
  ProcessPlan,
  'kind' | 'group' | 'program' | 'name' | 'command' | 'directory' | 'environment' | keyof Streams
>;

const loggingOf = (reader: ProgramReader, names: Names): LoggingPlan => ({
  format: reader.read('log_format', names),
  every: reader.read('log_rotate_every', names),
  compress: reader.read('log_compress', names),
  totalMax: reader.read('log_total_max', names),
  rateMax: reader.read('log_rate_max', names),
  whenFull: reader.read('log_when_full', names),
  direct: reader.read('log_direct', names),
});

const ownOf = (
  reader: ProgramReader,
  names: Names,
): Pick<
  ProcessPlan,
  | 'oomScoreAdj'
  | 'oomScoreAdjRequired'
  | 'onOom'
  | 'survivors'
  | 'memoryMax'
  | 'memoryHigh'
  | 'containment'
  | 'fastDeathSecs'
  | 'restartDelayMax'
  | 'logging'
> => ({
  oomScoreAdj: reader.read('oom_score_adj', names),
  oomScoreAdjRequired: reader.read('oom_score_adj_required', names),
  onOom: reader.read('on_oom', names),
  survivors: reader.read('survivors', names),
  memoryMax: reader.read('memory_max', names),
  memoryHigh: reader.read('memory_high', names),
  containment: reader.read('containment', names),
  fastDeathSecs: reader.read('fast_death_secs', names),
  restartDelayMax: reader.read('restart_delay_max', names),
  logging: loggingOf(reader, names),
});

const serverurlOf = (reader: ProgramReader, names: Names): string | null => {
  const written = reader.read('serverurl', names);
  return written !== null && strip(written).toUpperCase() === 'AUTO' ? null : written;
};

/** What all processes of a section have in common. */
const sharedOf = (reader: ProgramReader, names: Names): Shared => {
  const signal = reader.read('stopsignal', names);
  const stopasgroup = reader.read('stopasgroup', names);
  return {
    umask: reader.read('umask', names),
    user: reader.read('user', names),
    priority: reader.read('priority', names),
    autostart: reader.read('autostart', names),
    autorestart: reader.read('autorestart', names),
    startsecs: reader.read('startsecs', names),
    startretries: reader.read('startretries', names),
    exitcodes: reader.read('exitcodes', names),
    stopsignal: signal.name,
    ...(signal.number === undefined ? {} : { stopsignalNumber: signal.number }),
    stopwaitsecs: reader.read('stopwaitsecs', names),
    stopasgroup,
    killasgroup: reader.read('killasgroup', names) ?? stopasgroup,
    redirectStderr: reader.read('redirect_stderr', names),
    stdoutCaptureMaxBytes: reader.read('stdout_capture_maxbytes', names),
    stderrCaptureMaxBytes: reader.read('stderr_capture_maxbytes', names),
    stdoutEvents: reader.read('stdout_events_enabled', names),
    stderrEvents: reader.read('stderr_events_enabled', names),
    serverurl: serverurlOf(reader, names),
    ...ownOf(reader, names),
  };
};

const checkNames = (reader: ProgramReader, processName: string, numprocs: number): void => {
  const name = nameOf(processName);
  if (typeof name !== 'string') reader.refuse('process_name', name);
  if (numprocs > 1 && !processName.includes('%(process_num)')) {
    reader.refuse(
      'process_name',
      refuse(
        'numprocs is above 1 and every process would have the same name',
        'process_name=%(program_name)s_%(process_num)02d',
      ),
    );
  }
};

/** The processes of one program-like section, in supervisord's order: by priority, then by name as text. */
export const processesOf = (work: Work, section: Section, membership: Membership): ProcessPlan[] => {
  const reader = readerOf(work, section, PROGRAM_KEYS);
  const program = nameOf(suffixOf(section));
  if (typeof program !== 'string') {
    reader.refuse('', program);
    return [];
  }
  const base = new Map<string, string>([
    ['here', work.here],
    ['program_name', program],
    ['group_name', membership.group],
    ['host_node_name', work.reading.hostname],
  ]);
  const shared = sharedOf(reader, [base, work.env]);
  const numprocs = reader.read('numprocs', [base, work.env]);
  const first = reader.read('numprocs_start', [base, work.env]);
  checkNames(reader, reader.read('process_name'), numprocs);
  if (shared.stopasgroup && !shared.killasgroup) {
    reader.refuse(
      'killasgroup',
      refuse('stopasgroup=true goes with killasgroup=true', 'leave killasgroup out'),
    );
  }
  if (numprocs > MAX_NUMPROCS)
    reader.refuse('numprocs', refuse(`${numprocs} processes are too many`, `at most ${MAX_NUMPROCS}`));
  const one = processMaker({ work, reader, membership, program, shared, base });
  const made: ProcessPlan[] = [];
  for (let number = first; number < first + Math.min(numprocs, MAX_NUMPROCS); number += 1)
    made.push(one(number, numprocs));
  return made.toSorted((a, b) => a.priority - b.priority || byCodePoint(a.name, b.name));
};

interface Making {
  readonly work: Work;
  readonly reader: ProgramReader;
  readonly membership: Membership;
  readonly program: string;
  readonly shared: Shared;
  readonly base: ReadonlyMap<string, string>;
}

const processMaker = (making: Making): ((processNum: number, numprocs: number) => ProcessPlan) => {
  const { work, reader, membership, program, shared, base } = making;
  // Variables that an earlier process of the section set stay known to the later ones, as in supervisord.
  const earlier = new Map<string, string>();
  return (processNum, numprocs) => {
    const numbered = new Map<string, number>([
      ['process_num', processNum],
      ['numprocs', numprocs],
    ]);
    const environment = reader.read('environment', [base, numbered, work.env, earlier]);
    const own = new Map(Object.entries(environment).map(([key, value]) => [`ENV_${key}`, value]));
    const names: Names = [own, base, numbered, work.env, earlier];
    const directory = reader.read('directory', names);
    const streams = streamsOf(reader, names, {
      cwd: membership.cwd,
      redirect: shared.redirectStderr,
      twice: work.reading.dialect === 'ini',
    });
    const command = reader.read('command', names);
    if (!reader.has('command'))
      reader.refuse('command', refuse('it has no command', 'command=/path/to/program'));
    const name = strip(reader.read('process_name', names));
    for (const [key, value] of own) earlier.set(key, value);
    return {
      kind: membership.kind,
      group: membership.group,
      program,
      name,
      command: command ?? '',
      directory,
      environment,
      ...streams,
      ...shared,
    };
  };
};
