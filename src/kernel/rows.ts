// What does one line of /proc/PID/stat say?

import type { ProcessRow } from './port.ts';

/** Fields counted as proc(5) does; the ones before the name's closing bracket are not in the list. */
const FIRST_AFTER_NAME = 3;
const PPID = 4;
const PGID = 5;
const SID = 6;
const THREADS = 20;
const START_TICK = 22;

/** A name may hold blanks and brackets, so the last bracket of the line ends it. Null when the line is torn. */
export const parseRow = (text: string): ProcessRow | null => {
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  if (open === -1 || close < open) return null;
  const fields = text.slice(close + 2, close + 400).split(' ', START_TICK);
  const number = (field: number): number => Number(fields[field - FIRST_AFTER_NAME] ?? Number.NaN);
  const row = {
    pid: Number(text.slice(0, open)),
    comm: text.slice(open + 1, close),
    state: fields[0] ?? '',
    ppid: number(PPID),
    pgid: number(PGID),
    sid: number(SID),
    threads: number(THREADS),
    startTick: number(START_TICK),
  };
  return Number.isNaN(row.pid) || Number.isNaN(row.startTick) || row.state === '' ? null : row;
};

/** Nothing of it runs any more: it only waits to be reaped. */
export const isDead = (row: ProcessRow): boolean =>
  (row.state === 'Z' || row.state === 'X') && row.threads <= 1;
