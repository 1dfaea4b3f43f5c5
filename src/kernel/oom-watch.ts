// Has the OOM killer been at work? The machine's counter and the kernel log behind the port.

import { readlinkSync } from 'node:fs';
import { errnoOf, keepFile } from './files.ts';
import { openKernelLog } from './kernel-log.ts';
import type { OomWatch } from './port.ts';
import { createRecordParser } from './records.ts';

/** Inode of the first PID namespace, PROC_PID_INIT_INO in the kernel's source: the one whose pids the log names. */
const FIRST_PID_NAMESPACE = 'pid:[4026531836]';

const COUNTER = '\noom_kill ';

/** `oom_kill` of /proc/vmstat (since Linux 4.13), or null. */
export const machineKillsIn = (text: string | null): number | null => {
  const at = text?.indexOf(COUNTER) ?? -1;
  return text === null || at === -1 ? null : Number.parseInt(text.slice(at + COUNTER.length), 10);
};

const pidsMatch = (): boolean => {
  try {
    return readlinkSync('/proc/self/ns/pid') === FIRST_PID_NAMESPACE;
  } catch (error) {
    // A kernel without PID namespaces has only the first.
    return errnoOf(error) === 'ENOENT';
  }
};

export const createOomWatch = (): OomWatch => {
  const vmstat = keepFile('/proc/vmstat');
  const log = openKernelLog();
  const parser = createRecordParser();
  return {
    pidsMatch: pidsMatch(),
    machineKills: () => machineKillsIn(vmstat()),
    drainKernelLog() {
      if (typeof log === 'string') return { records: [], state: log };
      const { text, lost } = log.drain();
      return { records: parser.feed(text), state: lost ? 'lost-records' : 'readable' };
    },
  };
};
