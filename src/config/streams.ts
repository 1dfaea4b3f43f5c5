// Where does the output of one process go?

import { resolve } from 'node:path';
import type { LogTarget, ProcessPlan } from '../model/plan.ts';
import type { Names } from './expand.ts';
import type { PROGRAM_KEYS } from './keys.ts';
import type { SectionReader } from './section.ts';

type ProgramReader = SectionReader<typeof PROGRAM_KEYS>;

type Streams = Pick<ProcessPlan, 'stdout' | 'stderr' | 'stdoutSyslog' | 'stderrSyslog'>;

const AUTO_WITHOUT_END = (section: string, key: string): string =>
  `For [${section}], AUTO logging used for ${key} without rollover, set maxbytes > 0 to avoid filling up filesystem unintentionally`;
const SYSLOG_AS_FILE = (section: string, stream: string): string =>
  `For [${section}], ${stream}_logfile=syslog but this is deprecated and will be removed.  Use ${stream}_syslog=true to enable syslog instead.`;
const STDERR_IGNORED = (section: string): string =>
  `For [${section}], redirect_stderr=true but stderr_logfile has also been set to a filename, the filename has been ignored`;

/** Absolute and without dots or double slashes already. */
const PLAIN = /^(\/[^./][^/]*)+$/;

const fileTarget = (path: string, sizes: { maxBytes: number; backups: number }, cwd: string): LogTarget => {
  if (path === '') return { kind: 'none', ...sizes, written: '' };
  const absolute = PLAIN.test(path) ? path : resolve(cwd, path);
  return { kind: 'file', path: absolute, ...sizes, ...(absolute === path ? {} : { written: path }) };
};

const streamOf = (
  reader: ProgramReader,
  stream: 'stdout' | 'stderr',
  at: { readonly names: Names; readonly cwd: string; readonly twice: boolean },
): { readonly target: LogTarget; readonly syslog: boolean } => {
  const key = `${stream}_logfile` as const;
  // supervisord expands the names of log files twice, so that a percent sign must be written %%%%.
  const file = at.twice ? reader.read(key, at.names, at.names) : reader.read(key, at.names);
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

export const streamsOf = (
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
