// The kernel itself behind the port: everything tsvisor asks of Linux, in one place to get it from.

import { createClock } from './clock.ts';
import { createMachineMemory, type MachineMemoryFiles } from './machine-memory.ts';
import { createOomWatch } from './oom-watch.ts';
import type { Clock, OomWatch, Processes } from './port.ts';
import { bootId, createProcesses } from './processes.ts';

export interface Linux {
  readonly clock: Clock;
  readonly processes: Processes;
  readonly oom: OomWatch;
  readonly memory: MachineMemoryFiles;
  readonly bootId: string;
}

export const createLinux = (): Linux => ({
  clock: createClock(),
  processes: createProcesses(),
  oom: createOomWatch(),
  memory: createMachineMemory(),
  bootId: bootId(),
});
