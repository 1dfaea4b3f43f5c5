// Where does the output of one process go?

import { resolve } from 'node:path';
import type { LogTarget, ProcessPlan } from '../model/plan.ts';
import type { PROGRAM_KEYS } from './keys.ts';
import type { Names } from './names.ts';
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
  const { maxBytes, backups } = sizes;
  if (path === '') return { kind: 'none', maxBytes, backups, written: '' };
  if (PLAIN.test(path)) return { kind: 'file', path, maxBytes, backups };
  const absolute = resolve(cwd, path);
  if (absolute === path) return { kind: 'file', path, maxBytes, backups };
  return { kind: 'file', path: absolute, maxBytes, backups, written: path };
};

/** Keys of each stream. */
const KEYS = {
  stdout: {
    file: 'stdout_logfile',
    maxBytes: 'stdout_logfile_maxbytes',
    backups: 'stdout_logfile_backups',
    syslog: 'stdout_syslog',
  },
  stderr: {
    file: 'stderr_logfile',
    maxBytes: 'stderr_logfile_maxbytes',
    backups: 'stderr_logfile_backups',
    syslog: 'stderr_syslog',
  },
} as const;

interface Streaming {
  readonly names: Names;
  readonly cwd: string;
  readonly redirect: boolean;
  readonly twice: boolean;
}

const streamOf = (
  reader: ProgramReader,
  stream: 'stdout' | 'stderr',
  { names, cwd, twice }: Streaming,
): { readonly target: LogTarget; readonly syslog: boolean } => {
  const keys = KEYS[stream];
  // supervisord expands the names of log files twice, so that a percent sign must be written %%%%.
  const file = twice ? reader.read(keys.file, names, names) : reader.read(keys.file, names);
  const maxBytes = reader.read(keys.maxBytes, names);
  const backups = reader.read(keys.backups, names);
  const syslog = reader.read(keys.syslog, names);
  if (file.kind === 'syslog') {
    reader.quote(keys.file, SYSLOG_AS_FILE(reader.section.name, stream));
    return { target: { kind: 'none', maxBytes, backups }, syslog: true };
  }
  if (file.kind === 'file') return { target: fileTarget(file.path, { maxBytes, backups }, cwd), syslog };
  if (file.kind === 'auto' && maxBytes === 0)
    reader.quote(keys.file, AUTO_WITHOUT_END(reader.section.name, keys.file));
  return { target: { kind: file.kind, maxBytes, backups }, syslog };
};

export const streamsOf = (reader: ProgramReader, streaming: Streaming): Streams => {
  const out = streamOf(reader, 'stdout', streaming);
  const err = streamOf(reader, 'stderr', streaming);
  const { redirect } = streaming;
  const named =
    err.target.kind === 'file' || (err.target.kind === 'none' && err.target.written !== undefined);
  if (redirect && named) reader.quote('stderr_logfile', STDERR_IGNORED(reader.section.name));
  const { maxBytes = 0, backups = 0 } = err.target;
  return {
    stdout: out.target,
    stderr: redirect ? { kind: 'none', maxBytes, backups } : err.target,
    stdoutSyslog: out.syslog,
    stderrSyslog: err.syslog,
  };
};
