// Nobody answers: is there a guardian that is about to start another supervisor?

import { readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { instanceOf, lockName } from '../../config/runtime.ts';
import { TsvisorError } from '../../model/errors.ts';

const commandLine = (pid: string): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    // Gone since the listing.
    return '';
  }
};

/** Pid of the guardian whose supervisors listen on `socket`: the name of its lock is in its command line. Null when there is none. */
const guardianOf = (socket: string): number | null => {
  const mark = `\0guard\0-l\0${lockName(instanceOf(dirname(socket)))}\0`;
  const pid = readdirSync('/proc').find((name) => /^\d+$/.test(name) && commandLine(name).includes(mark));
  return pid === undefined ? null : Number(pid);
};

export const supervisorDown = (socket: string): TsvisorError | null => {
  const guardian = guardianOf(socket);
  return guardian === null ? null : new TsvisorError('SUPERVISOR_DOWN', { socket, guardian });
};

const NOBODY = new Set<unknown>(['ENOENT', 'ECONNREFUSED']);

/** "Not running" is half of the truth where a guardian lives. */
export const wholeTruth = (error: unknown): unknown => {
  if (!(error instanceof TsvisorError) || error.code !== 'NOT_RUNNING_HERE') return error;
  const { socket, errno } = error.facts;
  return NOBODY.has(errno) ? (supervisorDown(String(socket)) ?? error) : error;
};
