// How much memory does the machine have left, and how long do tasks wait for it? /proc/meminfo and pressure files.

import { totalmem } from 'node:os';
import { keepFile, keepNumber } from './files.ts';
import { createHeadroom, type Headroom } from './headroom.ts';

export interface MachineMemoryFiles {
  /** Bytes of MemAvailable; null when not readable. */
  available(): number | null;
  /** What is left where it is tightest: of the machine, or under a limit of a cgroup around us. */
  headroom(): Headroom;
  /** `some avg10` of the machine, percent; null on kernels without PSI. */
  pressure(): number | null;
}

/** The numbers of the `some` line of a pressure file: percent over ten seconds, and microseconds since boot. */
export interface Pressure {
  readonly avg10: number;
  readonly total: number;
}

const parsePressure = (text: string): Pressure | null => {
  const found = /^some avg10=([\d.]+) avg60=[\d.]+ avg300=[\d.]+ total=(\d+)$/m.exec(text);
  return found === null ? null : { avg10: Number(found[1]), total: Number(found[2]) };
};

export const readPressure = (path: string): (() => Pressure | null) => {
  const file = keepFile(path);
  return () => parsePressure(file() ?? '');
};

export const createMachineMemory = (): MachineMemoryFiles => {
  const meminfo = keepNumber('/proc/meminfo', 'MemAvailable:');
  const pressure = readPressure('/proc/pressure/memory');
  const total = totalmem();
  const available = (): number | null => {
    const kilobytes = meminfo();
    return kilobytes === null ? null : kilobytes * 1024;
  };
  return {
    available,
    headroom: createHeadroom({
      machine: () => ({ available: available(), total }),
      now: () => performance.now(),
    }),
    pressure: () => pressure()?.avg10 ?? null,
  };
};
