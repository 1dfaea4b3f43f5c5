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

/** Keys of streams besides their files; that the processes of a section differ in them is rare. */
export const SIZE_KEYS = [
  'stdout_logfile_maxbytes',
  'stdout_logfile_backups',
  'stdout_syslog',
  'stderr_logfile_maxbytes',
  'stderr_logfile_backups',
  'stderr_syslog',
] as const;

interface Sizes {
  readonly maxBytes: number;
  readonly backups: number;
  readonly syslog: boolean;
}

export interface StreamSizes {
  readonly stdout: Sizes;
  readonly stderr: Sizes;
}

export const sizesOf = (reader: ProgramReader, names: Names): StreamSizes => ({
  stdout: {
    maxBytes: reader.read('stdout_logfile_maxbytes', names),
    backups: reader.read('stdout_logfile_backups', names),
    syslog: reader.read('stdout_syslog', names),
  },
  stderr: {
    maxBytes: reader.read('stderr_logfile_maxbytes', names),
    backups: reader.read('stderr_logfile_backups', names),
    syslog: reader.read('stderr_syslog', names),
  },
});

interface Streaming {
  readonly names: Names;
  readonly cwd: string;
  readonly redirect: boolean;
  readonly twice: boolean;
  readonly sizes: StreamSizes;
}

const streamOf = (
  reader: ProgramReader,
  stream: 'stdout' | 'stderr',
  { names, cwd, twice, sizes }: Streaming,
): { readonly target: LogTarget; readonly syslog: boolean } => {
  const key = stream === 'stdout' ? 'stdout_logfile' : 'stderr_logfile';
  // supervisord expands the names of log files twice, so that a percent sign must be written %%%%.
  const file = twice ? reader.read(key, names, names) : reader.read(key, names);
  const { maxBytes, backups, syslog } = sizes[stream];
  if (file.kind === 'syslog') {
    reader.quote(key, SYSLOG_AS_FILE(reader.section.name, stream));
    return { target: { kind: 'none', maxBytes, backups }, syslog: true };
  }
  if (file.kind === 'file') return { target: fileTarget(file.path, sizes[stream], cwd), syslog };
  if (file.kind === 'auto' && maxBytes === 0) reader.quote(key, AUTO_WITHOUT_END(reader.section.name, key));
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
