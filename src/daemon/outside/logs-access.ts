// How do clients get at the logs? Reading, following and clearing, of programs and of the supervisor itself.

import { choose } from '../../core/orders.ts';
import type { Process } from '../../core/process.ts';
import { followLog } from '../../logs/follow.ts';
import { clearFile, readLog, tailLog } from '../../logs/tail.ts';
import type { Command, LogReply, Outcome } from '../../model/command.ts';
import { TsvisorError } from '../../model/errors.ts';
import { parseSelector } from '../../model/name.ts';
import type { Daemon } from '../boot.ts';

type ReadLog = Extract<Command, { verb: 'read-log' | 'tail-log' }>;
type OfLog = Pick<ReadLog, 'name' | 'stream'>;

/** What it takes to find and read a log. */
export type Archive = Pick<Daemon, 'setup' | 'supervisor' | 'hands'>;

/** Refuses with BAD_NAME. */
export const processNamed = ({ supervisor }: Pick<Daemon, 'supervisor'>, name: string): Process => {
  const selector = parseSelector(name);
  const process = selector.kind === 'process' ? supervisor.find(selector) : undefined;
  if (process === undefined) throw new TsvisorError('BAD_NAME', { name });
  return process;
};

/** Empty when there is none. */
const pathOf = (daemon: Archive, { name, stream }: OfLog): string =>
  name === null
    ? (daemon.setup.plan.supervisor.logfile ?? '')
    : daemon.hands.logPath(processNamed(daemon, name).plan, stream);

const refuseRead = (refusal: 'arguments' | 'missing' | 'failed', path: string): never => {
  if (refusal === 'missing') throw new TsvisorError('NO_FILE', { path });
  if (refusal === 'arguments')
    throw new TsvisorError('BAD_ARGUMENTS', { reason: 'offset and length make no sense together' });
  throw new TsvisorError('LOG_FAILED', {
    act: 'read',
    path,
    reason: 'it is no regular file, or may not be read',
  });
};

const sizeOf = (path: string): number => {
  const tail = tailLog(path, 0, 0);
  return typeof tail === 'string' ? refuseRead(tail, path) : tail.size;
};

/** Refuses with BAD_NAME, NO_FILE, BAD_ARGUMENTS or LOG_FAILED. */
const existing = (daemon: Archive, of: OfLog): string => {
  const path = pathOf(daemon, of);
  // The supervisor's own may be no file at all.
  if (path === '' || path === 'syslog') throw new TsvisorError('NO_FILE', { path });
  return path;
};

export const readAnyLog = (daemon: Archive, command: ReadLog): LogReply => {
  const path = existing(daemon, command);
  const { offset, length } = command;
  if (command.verb === 'tail-log') {
    const tail = tailLog(path, offset, length);
    if (typeof tail === 'string') return refuseRead(tail, path);
    return { bytes: tail.data, offset: tail.size, overflow: tail.overflow };
  }
  const bytes = readLog(path, offset, length);
  if (typeof bytes === 'string') return refuseRead(bytes, path);
  return { bytes, offset: offset < 0 ? sizeOf(path) : offset + bytes.length, overflow: false };
};

export const followAnyLog = (daemon: Archive, of: OfLog, signal: AbortSignal): AsyncIterable<Uint8Array> => {
  const path = existing(daemon, of);
  sizeOf(path);
  return followLog(path, { clock: daemon.setup.linux.clock, signal });
};

/** Devices and pipes are left alone; a log that is not there is clear. */
const clear = ({ logging }: Daemon, path: string): void => {
  const open = logging.logs.at(path);
  const cleared = open === null ? clearFile(path) : open.clear();
  if (cleared === 'failed')
    throw new TsvisorError('LOG_FAILED', { act: 'clear', path, reason: 'it may not be written' });
};

const clearOne = (daemon: Daemon, { plan }: Process): Outcome => {
  const process = { group: plan.group, name: plan.name };
  try {
    for (const stream of ['stdout', 'stderr'] as const) {
      const path = daemon.hands.logPath(plan, stream);
      if (path !== '') clear(daemon, path);
    }
    return { process, ok: true, code: null, message: 'cleared' };
  } catch (error) {
    if (!(error instanceof TsvisorError)) throw error;
    const { code, message, facts } = error;
    return { process, ok: false, code, message, facts };
  }
};

const clearMain = (daemon: Daemon): readonly Outcome[] => {
  const path = existing(daemon, { name: null, stream: 'stdout' });
  sizeOf(path);
  clear(daemon, path);
  daemon.logging.journal.say('info', 'reopening log file');
  return [];
};

export const clearLogs = (
  daemon: Daemon,
  { names }: Extract<Command, { verb: 'clear-log' }>,
): readonly Outcome[] => {
  if (names === null) return clearMain(daemon);
  const { processes, refusals } = choose(names, daemon.supervisor);
  return [...refusals, ...processes.map((process) => clearOne(daemon, process))];
};
