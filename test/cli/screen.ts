// A terminal that remembers what was written, and processes to show on it.

import type { ProcessStatus } from '../../src/model/command.ts';
import type { Terminal } from '../../src/cli/text/terminal.ts';

export interface Screen {
  readonly terminal: Terminal;
  out(): string;
  err(): string;
}

export const createScreen = (columns: number | null = null, color = false): Screen => {
  const out: string[] = [];
  const err: string[] = [];
  return {
    terminal: {
      out: (text) => void out.push(text),
      err: (text) => void err.push(text),
      write: (text) => void out.push(typeof text === 'string' ? text : Buffer.from(text).toString()),
      color,
      columns,
      rows: columns === null ? null : 24,
      gone: () => false,
    },
    out: () => out.join('\n'),
    err: () => err.join('\n'),
  };
};

export const createProcess = (changes: Partial<ProcessStatus> = {}): ProcessStatus => ({
  group: 'ci',
  name: 'app-1',
  state: 'RUNNING',
  phase: 'running',
  description: 'pid 4711, uptime 0:01:02',
  pid: 4711,
  start: 1_700_000_000,
  stop: 0,
  uptime: 62,
  exit: null,
  spawnError: '',
  restarts: 0,
  score: { requested: 300, effective: 300, refusal: null },
  containment: 'cgroup2',
  memory: 64_172_851,
  cpu: null,
  members: 3,
  memoryMax: null,
  readiness: null,
  duty: null,
  lastDeath: null,
  stdoutLog: '',
  stderrLog: '',
  ...changes,
});
