// Which processes are there that a test began? Found by a mark in the environment that they were started with.

import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { until } from '../until.ts';

const MARK = 'TSVISOR_TEST_MARK';

const read = (path: string): string => {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    // Gone between the listing and the look.
    return '';
  }
};

/** Fields of /proc/PID/status that tests ask for. */
export const statusOf = (pid: number, field: string): string =>
  new RegExp(`^${field}:\\s*(.*)$`, 'm').exec(read(`/proc/${pid}/status`))?.[1] ?? '';

export const isAlive = (pid: number): boolean => !['', 'Z', 'X'].includes(statusOf(pid, 'State').slice(0, 1));

export const childrenOf = (pid: number): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && statusOf(Number(name), 'PPid') === String(pid))
    .map(Number);

export interface Traces {
  /** Goes into the environment of whatever the test starts. */
  readonly env: Readonly<Record<string, string>>;
  /** Living processes that carry the mark. */
  readonly pids: () => number[];
  /** Fails when something is left; removes it. */
  readonly close: () => Promise<void>;
}

export const openTraces = (): Traces => {
  const id = randomUUID();
  const pids = (): number[] =>
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && read(`/proc/${name}/environ`).includes(`${MARK}=${id}`))
      .map(Number)
      .filter(isAlive);
  const close = async (): Promise<void> => {
    const left = pids().map((pid) => `${pid} ${read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')}`);
    await until('the leftovers of the test gone', () => {
      const rest = pids();
      for (const pid of rest) process.kill(pid, 'SIGKILL');
      return rest.length === 0;
    });
    if (left.length > 0) throw new Error(`left behind: ${left.join('; ')}`);
  };
  return { env: { [MARK]: id, PATH: process.env['PATH'] ?? '' }, pids, close };
};
