// Has the OOM killer been at work? The machine's counter and the kernel log behind the port.

import { readlinkSync } from 'node:fs';
import { keepNumber } from './files.ts';
import { openKernelLog } from './kernel-log.ts';
import { createKillers, createMarks } from './killer-marks.ts';
import type { OomRecord } from '../model/verdict.ts';
import type { OomWatch } from './port.ts';
import { createRecordParser } from './records.ts';
import { errnoOf } from '../model/errors.ts';

/** Inode of the first PID namespace, PROC_PID_INIT_INO in the kernel's source: the one whose pids the log names. */
const FIRST_PID_NAMESPACE = 'pid:[4026531836]';

const pidsMatch = (): boolean => {
  try {
    return readlinkSync('/proc/self/ns/pid') === FIRST_PID_NAMESPACE;
  } catch (error) {
    // A kernel without PID namespaces has only the first.
    return errnoOf(error) === 'ENOENT';
  }
};

export const createOomWatch = (): OomWatch => {
  // Since Linux 4.13.
  const kills = keepNumber('/proc/vmstat', 'oom_kill ');
  const log = openKernelLog();
  const parser = createRecordParser();
  const marks = createMarks();
  const killers = createKillers();
  /** Read together with marks, and not asked for yet. */
  let records: OomRecord[] = [];
  let lost = false;
  const drain = (): void => {
    if (typeof log === 'string') return;
    const drained = log.drain();
    records.push(...parser.feed(drained.text));
    lost ||= drained.lost;
    marks.add(drained.marks);
  };
  return {
    pidsMatch: pidsMatch(),
    machineKills: kills,
    drainKernelLog() {
      if (typeof log === 'string') return { records: [], state: log };
      drain();
      const found = { records, state: lost ? 'lost-records' : 'readable' } as const;
      records = [];
      lost = false;
      return found;
    },
    killerMarks() {
      drain();
      return marks.recent();
    },
    killersHere: () => killers.speakers(),
    oomdHere: () => killers.oomd(),
  };
};
