// What does the one who started us hear? `ready`, or one `error TEXT` line for each reason why not, and a `hint TEXT`.

import { closeSync, writeSync } from 'node:fs';

export interface Failure {
  /** One reason a line. */
  readonly text: string;
  /** What to do; empty where nobody knows. */
  readonly hint: string;
}

export interface Report {
  ready(): void;
  failed(failure: Failure): void;
}

/**
 * `tsvisor start` names a descriptor here and waits at its other end. Later supervisors of the same guardian inherit
 * the name but not the descriptor.
 */
const REPORT_VARIABLE = 'TSVISOR_REPORT_FD';

/** On the terminal: readiness is seen in the log. */
const onTerminal: Report = {
  ready: () => undefined,
  failed: ({ text, hint }) =>
    void process.stderr.write(`error: ${text}\n${hint === '' ? '' : `hint: ${hint}\n`}`),
};

const NOBODY_LISTENS: Report = { ready: () => undefined, failed: () => undefined };

const say = (fd: number, text: string): void => {
  try {
    writeSync(fd, text);
    closeSync(fd);
  } catch {
    // The starter has given up waiting; its exit status has said so.
  }
};

const onPipe = (fd: number): Report => ({
  ready: () => say(fd, 'ready\n'),
  failed: ({ text, hint }) => {
    const errors = text.split('\n').map((line) => `error ${line}\n`);
    say(fd, `${errors.join('')}${hint === '' ? '' : `hint ${hint}\n`}`);
  },
});

/** Takes the variable out of our environment: programs must not see it. */
export const openReport = (start: { readonly foreground: boolean; readonly life: number }): Report => {
  const named = process.env[REPORT_VARIABLE];
  delete process.env[REPORT_VARIABLE];
  if (start.foreground) return onTerminal;
  return named === undefined || start.life > 1 ? NOBODY_LISTENS : onPipe(Number(named));
};
