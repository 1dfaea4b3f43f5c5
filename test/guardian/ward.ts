// How is a guardian tried out? With a shell script in the part of the supervisor, whose lines of output are the report.

import { type ChildProcess, spawn } from 'node:child_process';
import { until } from '../until.ts';
import { guardianBinary } from './binary.ts';
import { openTraces, type Traces } from './traces.ts';

/** Reads the guardian's words before the test's own script: $pid, $score, $life, $past and $settled. */
const PRELUDE = `
read -r _ pid score life <&3; read -r past <&3; rest=$past; settled=no
while [ "$rest" != end ] && read -r rest <&3; do [ "$rest" != settled ] || settled=yes; done
`;

export interface Ward {
  readonly pid: number;
  readonly child: ChildProcess;
  readonly traces: Traces;
  /** Everything written to stdout, by line. */
  readonly lines: readonly string[];
  readonly errors: () => string;
  /** The first line that matches, waited for; 10 s when `within` milliseconds are absent. */
  readonly line: (pattern: RegExp, within?: number) => Promise<string>;
  /** Exit status of the guardian, or the signal that ended it. */
  readonly ended: Promise<number | string | null>;
}

const wards = new Set<Ward>();

interface Start {
  /** Options before `--`. */
  readonly options?: readonly string[];
  /** Command that runs the guardian, for tests that put something between. */
  readonly through?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Instead of the guardian as it is built. */
  readonly binary?: string;
  /** Descriptor 4. */
  readonly report?: 'pipe';
}

export const startGuardian = (script: string, start: Start = {}): Ward => {
  const traces = openTraces();
  const words = [
    ...(start.through ?? []),
    start.binary ?? guardianBinary(),
    'guard',
    ...(start.options ?? []),
    '--',
    '/bin/sh',
    '-c',
    PRELUDE + script,
  ];
  const child = spawn(words[0] ?? '', words.slice(1), {
    env: { ...traces.env, ...start.env },
    stdio: ['ignore', 'pipe', 'pipe', 'ignore', start.report ?? 'ignore'],
  });
  const lines: string[] = [];
  let rest = '';
  let errors = '';
  child.stdout?.on('data', (bytes: Buffer) => {
    const parts = (rest + bytes.toString()).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
  });
  child.stderr?.on('data', (bytes: Buffer) => {
    errors += bytes.toString();
  });
  const ended = new Promise<number | string | null>((settle) => {
    child.once('exit', (code, signal) => settle(code ?? signal));
  });
  const line = (pattern: RegExp, within = 10_000): Promise<string> =>
    until(`a line like ${pattern}`, () => lines.find((one) => pattern.test(one)), { within }).catch(
      (error: unknown) => {
        throw new Error(`${String(error)}; lines: ${lines.join(' / ')}; errors: ${errors}`);
      },
    );
  const ward = { pid: child.pid ?? 0, child, traces, lines, errors: () => errors, line, ended };
  wards.add(ward);
  return ward;
};

/** After each test: a guardian that still lives is asked to end, and nothing may be left, or it is killed and told. */
export const endWards = async (): Promise<void> => {
  const all = [...wards];
  wards.clear();
  for (const { child } of all) child.kill('SIGTERM');
  for (const { ended, traces } of all) {
    const deadline = AbortSignal.timeout(10_000);
    const over = new Promise((settle) => {
      deadline.addEventListener('abort', settle);
    });
    await Promise.race([ended, over]);
    await traces.close();
  }
};
