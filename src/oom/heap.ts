// Did a language runtime give up at a limit of its own? Its way to end and its last words, read together; pure.

import type { Exit } from '../model/phase.ts';

export interface HeapDeath {
  /** `V8`, `JVM`, `Go` or `Python`. */
  readonly runtime: string;
  /** The line of its output that says so. */
  readonly line: string;
}

interface Signature {
  readonly runtime: string;
  /** Exit statuses, a shell's 128+n included. */
  readonly codes: readonly number[];
  readonly signals: readonly NodeJS.Signals[];
  readonly line: RegExp;
}

/**
 * V8: node::OOMErrorHandler and V8_Fatal abort; newer ones trap. JVM: -XX:+ExitOnOutOfMemoryError ends with 3,
 * +CrashOnOutOfMemoryError aborts, an uncaught error in main gives 1. Go: runtime.throw ends with 2. Python: an uncaught
 * exception gives 1.
 */
const SIGNATURES: readonly Signature[] = [
  {
    runtime: 'V8',
    codes: [133, 134, 139],
    signals: ['SIGABRT', 'SIGTRAP', 'SIGSEGV', 'SIGILL'],
    line: /FATAL ERROR: .*(?:heap out of memory|Allocation failed)|Fatal (?:JavaScript|process) out of memory/,
  },
  {
    runtime: 'JVM',
    codes: [1, 3, 134],
    signals: ['SIGABRT'],
    line: /java\.lang\.OutOfMemoryError/,
  },
  {
    runtime: 'Go',
    codes: [2],
    signals: [],
    line: /^(?:fatal error: )?(?:runtime: )?(?:cannot allocate memory|out of memory)/,
  },
  { runtime: 'Python', codes: [1], signals: [], line: /^MemoryError(?::|$)/ },
];

/** Bytes of the end of the output that are looked at: V8's abort prints its stack behind the line. */
export const LAST_WORDS = 16_384;

/** Whether any runtime ends like this, so that it is worth to look at its last words. */
export const mayBeHeap = ({ code, signal }: Exit): boolean =>
  SIGNATURES.some(
    ({ codes, signals }) =>
      (code !== null && codes.includes(code)) || (signal !== null && signals.includes(signal)),
  );

export const heapDeathOf = (exit: Exit, lastWords: string): HeapDeath | null => {
  const lines = lastWords.split('\n').map((line) => line.trim());
  for (const { runtime, codes, signals, line } of SIGNATURES) {
    const ends =
      (exit.code !== null && codes.includes(exit.code)) ||
      (exit.signal !== null && signals.includes(exit.signal));
    const found = ends ? lines.findLast((one) => line.test(one)) : undefined;
    if (found !== undefined) return { runtime, line: found };
  }
  return null;
};
