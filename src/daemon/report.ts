// What does the one who started us hear? `ready`, or one `error TEXT` line for each reason why not.

import { closeSync, writeSync } from 'node:fs';

export interface Report {
  ready(): void;
  failed(text: string): void;
}

/** Given by `tsvisor start` to the first supervisor; whoever waits at the other end sees it close. */
const REPORT_FD = 4;

/** On the terminal: readiness is seen in the log. */
const onTerminal: Report = {
  ready: () => undefined,
  failed: (text) => void process.stderr.write(`error: ${text}\n`),
};

const NOBODY_LISTENS: Report = { ready: () => undefined, failed: () => undefined };

const say = (text: string): void => {
  try {
    writeSync(REPORT_FD, text);
    closeSync(REPORT_FD);
  } catch {
    // The starter has given up waiting; its exit status has said so.
  }
};

const onPipe: Report = {
  ready: () => say('ready\n'),
  failed: (text) =>
    say(
      `${text
        .split('\n')
        .map((line) => `error ${line}`)
        .join('\n')}\n`,
    ),
};

/** Only the first supervisor of a start in the background has somebody who waits. */
export const openReport = (start: { foreground: boolean; life: number }): Report => {
  if (start.foreground) return onTerminal;
  return start.life === 1 ? onPipe : NOBODY_LISTENS;
};
